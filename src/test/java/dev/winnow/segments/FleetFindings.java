package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.generate.FleetAlarms;
import dev.winnow.generate.FleetSettings;
import dev.winnow.stats.ClusterSums;
import dev.winnow.testing.Configs;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * What would be published of a generated fleet, beside what is true: the product's own sums, ranks and weights without
 * Spark around them, so that hundreds of fleets can be looked at.
 */
public final class FleetFindings {
    /** The defaults of {@code conf/reference.conf}, all days in the window. */
    static final SegmentSettings SETTINGS = Configs.of("").segments();

    private static final int CONFIRMED = SegmentSums.COUNTS.indexOf(SegmentSums.CONFIRMED);
    private static final int RELABELED = SegmentSums.COUNTS.indexOf(SegmentSums.RELABELED);
    private static final int MISSED = SegmentSums.COUNTS.indexOf(SegmentSums.MISSED);

    /** The counts of cells, which decide what is redundant. */
    private static final int[] COUNTS = {LatticeKernel.ALARMS, LatticeKernel.WRONG, CONFIRMED, RELABELED, MISSED};

    /**
     * A segment that was looked at.
     *
     * @param useCase its use case
     * @param segment predicates as text
     * @param judged judged alarms
     * @param cameras cameras with judged alarms
     * @param redundant whether a segment with one predicate less says the same
     * @param published whether it is on the list of suspects
     * @param realised how many times the generator's rate of wrong alarms is that of the rest, on these very cameras
     * @param typical the same if every camera were like the mean of all
     */
    public record Looked(
            String useCase,
            String segment,
            long judged,
            long cameras,
            boolean redundant,
            boolean published,
            double realised,
            double typical) {}

    /** Alarms, wrong and confirmed ones of the judged, sums of both true probabilities by values of a camera's frames. */
    private record Camera(List<String> values, Map<List<String>, long[]> cells) {}

    private final Map<String, TreeMap<String, Camera>> cameras = new TreeMap<>();
    private final Lattice lattice;
    private final List<List<String>> dictionaries = new ArrayList<>();

    private FleetFindings(FleetSettings fleet, double judgedShare) {
        FleetAlarms.forEach(
                fleet, judgedShare, (useCase, camera, ofCamera, ofFrame, judged, wrong, realised, typical) -> {
                    long[] counts = cameras.computeIfAbsent(useCase, u -> new TreeMap<>())
                            .computeIfAbsent(camera, c -> new Camera(ofCamera, new HashMap<>()))
                            .cells
                            .computeIfAbsent(ofFrame, f -> new long[5]);
                    counts[0]++;
                    counts[1] += judged && wrong ? 1 : 0;
                    counts[2] += judged && !wrong ? 1 : 0;
                    counts[3] += realised;
                    counts[4] += typical;
                });
        lattice = lattice();
        for (int d = 0; d < lattice.dimensions().size(); d++) {
            dictionaries.add(lattice.values(d));
        }
    }

    /**
     * Weighs every segment of a fleet that has enough judged alarms.
     *
     * @param judgedShare of all alarms, fraction
     */
    public static List<Looked> of(FleetSettings fleet, double judgedShare) {
        FleetFindings findings = new FleetFindings(fleet, judgedShare);
        List<Looked> looked = new ArrayList<>();
        findings.cameras.keySet().forEach(useCase -> looked.addAll(findings.weighed(useCase)));
        return looked;
    }

    private Lattice lattice() {
        Map<String, Set<String>> values = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (Map<String, Camera> ofUseCase : cameras.values()) {
            names.addAll(ofUseCase.keySet());
            for (Camera camera : ofUseCase.values()) {
                note(FleetAlarms.OF_CAMERA, camera.values, values);
                camera.cells.keySet().forEach(frame -> note(FleetAlarms.OF_FRAME, frame, values));
            }
        }
        List<Lattice.Dimension> dimensions = new ArrayList<>();
        FleetAlarms.OF_CAMERA.forEach(name -> dimensions.add(new Lattice.Dimension(name, name, true)));
        FleetAlarms.OF_FRAME.forEach(name -> dimensions.add(new Lattice.Dimension(name, name, false)));
        return Lattice.of(
                dimensions,
                Windows.SITE,
                // Room for all segments of a use case, so that its sums come out once.
                Lattice.Limits.DEFAULT
                        .withPredicates(SETTINGS.maxPredicates(), SETTINGS.wideValues(), SETTINGS.widePredicates())
                        .withTables(1 << 16, 1 << 19, 1 << 22),
                cameras.keySet(),
                names,
                values);
    }

    private static void note(List<String> names, List<String> seen, Map<String, Set<String>> values) {
        for (int i = 0; i < names.size(); i++) {
            values.computeIfAbsent(names.get(i), name -> new TreeSet<>()).add(seen.get(i));
        }
    }

    /**
     * Sums the cells of a use case to segments by id.
     *
     * @param truth sums of true probabilities in place of verdicts
     */
    private LatticeKernel summed(String useCase, boolean truth) {
        LatticeKernel kernel = new LatticeKernel(lattice, SeenDays.UNKNOWN);
        long[] place = new long[lattice.placeWords()];
        long[] frame = new long[lattice.frameWords()];
        int[] codes = new int[dictionaries.size()];
        Objects.requireNonNull(cameras.get(useCase)).forEach((id, camera) -> {
            encode(camera.values, 0, codes);
            lattice.packPlace(
                    Collections.binarySearch(lattice.useCases(), useCase),
                    Collections.binarySearch(lattice.cameras(), id),
                    codes,
                    place);
            camera.cells.forEach((values, c) -> {
                encode(values, lattice.fixed(), codes);
                lattice.packFrame(codes, frame);
                kernel.add(
                        place,
                        frame,
                        truth
                                ? new long[] {c[0], 0, 0, c[3], c[4], 0, 0, 0}
                                : new long[] {c[0], c[1], c[2], 0, 0, 0, c[1] + c[2], 0});
            });
        });
        kernel.startDraining();
        return kernel;
    }

    private void encode(List<String> values, int from, int[] codes) {
        for (int i = 0; i < values.size(); i++) {
            codes[from + i] = Collections.binarySearch(dictionaries.get(from + i), values.get(i));
        }
    }

    /** The same as {@link UseCaseSearch} does with the rows of {@link SegmentSums}. */
    private List<Looked> weighed(String useCase) {
        TreeMap<Long, long[]> sums = new TreeMap<>();
        for (LatticeKernel kernel = summed(useCase, false); kernel.next(); ) {
            if (kernel.id() < lattice.firstOfLevel(2)
                    || kernel.sum(LatticeKernel.WRONG) + kernel.sum(CONFIRMED) >= SETTINGS.minJudged()) {
                sums.put(
                        kernel.id(),
                        LongStream.range(0, LatticeKernel.SUMS)
                                .map(i -> kernel.sum((int) i))
                                .toArray());
            }
        }
        Map<String, Summed> summed = new TreeMap<>();
        sums.forEach((id, s) -> {
            Summed one = summed(useCase, id, s, redundant(id, sums));
            summed.put(one.counts().segment(), one);
        });
        long family = summed.values().stream()
                .filter(s -> s.counts().judged() >= SETTINGS.minJudged()
                        && !s.counts().dimensions().isEmpty())
                .count();
        LocalDate day = LocalDate.EPOCH;
        Map<String, Evidence> evidence = new UseCaseSearch(
                        List.copyOf(summed.values()),
                        new UseCaseWindow(Measure.FDR, day, false, Map.of(), Map.of()),
                        day,
                        family,
                        SETTINGS)
                .evidence();

        Map<Long, long[]> truth = new HashMap<>();
        for (LatticeKernel kernel = summed(useCase, true); kernel.next(); ) {
            if (sums.containsKey(kernel.id())) {
                truth.put(
                        kernel.id(),
                        new long[] {kernel.sum(LatticeKernel.ALARMS), kernel.sum(RELABELED), kernel.sum(MISSED)});
            }
        }
        List<Looked> looked = new ArrayList<>();
        evidence.forEach((segment, found) -> {
            if (segment.equals(SegmentCounts.WHOLE)) {
                return;
            }
            Summed one = Objects.requireNonNull(summed.get(segment));
            SegmentCounts counts = one.counts();
            long[] whole = Objects.requireNonNull(truth.get(0L));
            long[] inside = Objects.requireNonNull(truth.get(one.id()));
            looked.add(new Looked(
                    useCase,
                    counts.segment(),
                    counts.judged(),
                    one.trials().clusters(),
                    counts.redundant(),
                    found.suspected(),
                    timesTheRest(inside, whole, 1),
                    timesTheRest(inside, whole, 2)));
        });
        return looked;
    }

    private static double timesTheRest(long[] inside, long[] whole, int which) {
        double rate = (double) inside[which] / inside[0];
        double rest = (double) (whole[which] - inside[which]) / (whole[0] - inside[0]);
        return rate / rest;
    }

    private boolean redundant(long id, Map<Long, long[]> sums) {
        long[] own = Objects.requireNonNull(sums.get(id));
        return Arrays.stream(lattice.parents(id))
                .mapToObj(sums::get)
                .anyMatch(parent ->
                        parent != null && Arrays.stream(COUNTS).allMatch(count -> parent[count] == own[count]));
    }

    private Summed summed(String useCase, long id, long[] sums, boolean redundant) {
        List<Lattice.Predicate> predicates = lattice.decode(id);
        long wrong = sums[LatticeKernel.WRONG];
        long judged = wrong + sums[CONFIRMED];
        return new Summed(
                id,
                new SegmentCounts(
                        useCase,
                        predicates.stream().map(Lattice.Predicate::dimension).toList(),
                        predicates.stream().map(Lattice.Predicate::value).toList(),
                        sums[LatticeKernel.ALARMS],
                        wrong,
                        sums[CONFIRMED],
                        sums[RELABELED],
                        sums[MISSED],
                        sums[LatticeKernel.CAMERAS],
                        0,
                        0,
                        0,
                        redundant),
                new ClusterSums(
                        sums[LatticeKernel.TRIAL_CAMERAS],
                        wrong,
                        judged,
                        sums[LatticeKernel.WRONG_SQUARES],
                        sums[LatticeKernel.WRONG_TRIALS],
                        sums[LatticeKernel.TRIALS_SQUARES]),
                new Summed.Shared(
                        sums[LatticeKernel.WHOLE_CAMERAS],
                        sums[LatticeKernel.WRONG_OF_WHOLE],
                        sums[LatticeKernel.WRONG_TRIALS_OF_WHOLE],
                        sums[LatticeKernel.TRIALS_OF_WHOLE]),
                sums[LatticeKernel.LOWEST_SITE] < sums[LatticeKernel.HIGHEST_SITE]);
    }
}
