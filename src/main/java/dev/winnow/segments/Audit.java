package dev.winnow.segments;

import static org.apache.spark.sql.functions.col;

import dev.winnow.config.ConfigException;
import dev.winnow.config.SegmentSettings;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.Inferences;
import dev.winnow.stats.Digest;
import dev.winnow.stats.WeightedClusterSums;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The audited alarms of a window on the driver, from which every segment gets the share of its alarms that is wrong
 * whether customers judge them or not.
 *
 * <p>An alarm counts in the segments of its class, its frame as it was when it was drawn, and its camera as the camera
 * table has it now, like the cells. A condition that is not known of an alarm, since the dimension is younger than its
 * draw, leaves it out of that dimension's segments. Audited frames without output are no alarms.
 *
 * <p>An image is known by the one inference that stands for it. Where a row of the log is a box, the others of the image
 * would be left out, and which one stands for all is no draw: so there is no audit of alarms. Nor is an image audited
 * that several model versions scored on the day, as the candidates of the audit tell: its alarm would be that of the
 * version whose ids sort first. Versions on different cameras, as in a rollout, stand for themselves. A text that recurs
 * on one day counts once.
 *
 * <p>Alarms that were drawn but not labeled count as such, and are taken to be wrong as often as the labeled ones.
 */
final class Audit {
    /** Rounds ask people about less by far; a kilobyte each at most. */
    private static final int MAX_ALARMS = 500_000;

    /** Nothing was audited. */
    static final Audit NONE = new Audit(List.of());

    private static final Comparator<Row> ORDER = Comparator.comparing((Row row) -> text(row, Inferences.USE_CASE))
            .thenComparing(row -> text(row, Inferences.CAMERA_ID))
            .thenComparing(row -> date(row))
            .thenComparing(row -> text(row, Inferences.INFERENCE_ID))
            .thenComparing(Audit::byAllColumns);

    /** Id of the segment of all alarms. */
    private static final long WHOLE = 0;

    /** In the order of {@link #ORDER}. */
    private final List<Row> alarms;

    private Audit(List<Row> alarms) {
        this.alarms = alarms;
    }

    /**
     * Brings the audited alarms of a window to the driver.
     *
     * @param drawn of any dates, shaped like {@link AuditedAlarms} with frame dimensions
     * @param dates event dates of the window
     * @throws ConfigException if they are more than people can be asked about
     */
    static Audit of(Dataset<Row> drawn, List<LocalDate> dates, CameraTable cameras) {
        Dataset<Row> ofWindow = drawn.filter(col(AuditedAlarms.EVENT_DATE).isin(dates.toArray()));
        List<Row> rows =
                cameras.withStaticDimensions(ofWindow).limit(MAX_ALARMS + 1).collectAsList();
        if (rows.size() > MAX_ALARMS) {
            throw new ConfigException("more than " + MAX_ALARMS
                    + " alarms were drawn by audits of one window: lower segments.window-days");
        }
        List<Row> ordered = new ArrayList<>(rows);
        ordered.sort(ORDER);
        return new Audit(ordered);
    }

    /** The last word on the order: one id may occur at two times of a day. */
    private static int byAllColumns(Row one, Row other) {
        return IntStream.range(0, one.size())
                .map(i -> String.valueOf(one.get(i)).compareTo(String.valueOf(other.get(i))))
                .filter(difference -> difference != 0)
                .findFirst()
                .orElse(0);
    }

    /** Tells what was audited apart from what was before: empty without alarms, and else of all that they hold. */
    String digest() {
        if (alarms.isEmpty()) {
            return "";
        }
        List<String> columns = new ArrayList<>(List.of(alarms.get(0).schema().fieldNames()));
        columns.sort(null);
        Digest digest = new Digest();
        for (Row alarm : alarms) {
            columns.forEach(name -> digest.add(name).add(String.valueOf(alarm.<Object>getAs(name))));
        }
        return digest.hex(16);
    }

    /**
     * Returns the rates of segments of one use case, by id: one pass over the alarms and the segments that each lies in.
     * Segments of which no alarm was drawn are left out.
     *
     * @param until newest event date that counts
     * @param segments ids of the lattice that are asked for; the whole, which tells how much alarms of a camera resemble each
     *     other, is always looked at
     */
    Map<Long, AuditRate> rates(
            Lattice lattice, String useCase, LocalDate until, Set<Long> segments, SegmentSettings settings) {
        Map<Long, Tally> tallies = new HashMap<>();
        Set<Tally> ofCamera = new LinkedHashSet<>();
        String camera = null;
        Codes codes = new Codes(lattice);
        for (Row alarm : alarms) {
            if (!useCase.equals(text(alarm, Inferences.USE_CASE)) || date(alarm).isAfter(until)) {
                continue;
            }
            if (!text(alarm, Inferences.CAMERA_ID).equals(camera)) {
                ofCamera.forEach(Tally::endCamera);
                ofCamera.clear();
                camera = text(alarm, Inferences.CAMERA_ID);
            }
            for (long segment : codes.segmentsOf(alarm)) {
                if (segment == WHOLE || segments.contains(segment)) {
                    Tally tally = tallies.computeIfAbsent(segment, id -> new Tally());
                    tally.add(alarm);
                    ofCamera.add(tally);
                }
            }
        }
        ofCamera.forEach(Tally::endCamera);
        Map<Long, AuditRate> rates = new HashMap<>();
        Tally whole = tallies.get(WHOLE);
        Double similarity = whole == null ? null : whole.sums.intraClassCorrelation();
        double icc = similarity == null ? 0 : similarity;
        tallies.forEach(
                (id, tally) -> rates.put(id, AuditRate.of(tally.drawn, tally.sums, tally.wrong, icc, settings)));
        return rates;
    }

    private static String text(Row alarm, String column) {
        return alarm.getAs(column);
    }

    private static LocalDate date(Row alarm) {
        return alarm.getAs(AuditedAlarms.EVENT_DATE);
    }

    /** Alarms of one segment, those of a camera after those of another. */
    private static final class Tally {
        private WeightedClusterSums sums = WeightedClusterSums.EMPTY;
        private long drawn;
        private long wrong;
        private long rows;
        private double x;
        private double n;
        private double ww;

        void add(Row alarm) {
            drawn++;
            Boolean isWrong = alarm.getAs(AuditedAlarms.WRONG);
            if (isWrong == null) {
                return;
            }
            double weight = 1 / alarm.<Double>getAs(AuditedAlarms.INCLUSION_PROBABILITY);
            rows++;
            n += weight;
            ww += weight * weight;
            if (isWrong) {
                wrong++;
                x += weight;
            }
        }

        void endCamera() {
            sums = sums.plus(WeightedClusterSums.of(rows, x, n, ww));
            rows = 0;
            x = 0;
            n = 0;
            ww = 0;
        }
    }

    /** Tells in which segments of a lattice an alarm lies. */
    private static final class Codes {
        private final Lattice lattice;
        private final List<Map<String, Integer>> values = new ArrayList<>();
        private final int[] codes;

        Codes(Lattice lattice) {
            this.lattice = lattice;
            this.codes = new int[lattice.dimensions().size()];
            for (int d = 0; d < codes.length; d++) {
                List<String> sorted = lattice.values(d);
                Map<String, Integer> places = new HashMap<>();
                IntStream.range(0, sorted.size()).forEach(i -> places.put(sorted.get(i), i));
                values.add(places);
            }
        }

        long[] segmentsOf(Row alarm) {
            int unknown = 0;
            for (int d = 0; d < codes.length; d++) {
                Integer code = values.get(d)
                        .get(text(alarm, lattice.dimensions().get(d).column()));
                codes[d] = code == null ? 0 : code;
                unknown |= code == null ? 1 << d : 0;
            }
            int without = unknown;
            return IntStream.range(0, lattice.subsets())
                    .filter(subset -> (lattice.mask(subset) & without) == 0)
                    .mapToLong(subset -> lattice.id(subset, codes))
                    .toArray();
        }
    }
}
