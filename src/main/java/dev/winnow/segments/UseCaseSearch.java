package dev.winnow.segments;

import dev.winnow.config.SegmentSettings;
import dev.winnow.segments.Evidence.Confirmation;
import dev.winnow.stats.ClusterSums;
import dev.winnow.stats.Interval;
import dev.winnow.stats.Stratified;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/** The segments of one use case: ranked, weighed, covered, and held against the days since they were first seen. */
final class UseCaseSearch {
    /** Segments from the worst on that may make up the cover and are looked at in detail. */
    private static final int WORST = 50;

    /** Share of the excess errors that a segment of the cover has to add. */
    private static final double COVER_GAIN = 0.05;

    private final SegmentSettings settings;
    private final UseCaseWindow window;
    private final LocalDate day;
    private final long family;
    private final Map<String, Summed> summed = new HashMap<>();
    private final List<Finding> ranked;
    private final Map<String, Evidence> evidence;
    private List<GreedyCover.Pick> cover = List.of();
    private Map<String, LocalDate> since = Map.of();
    private long awaiting;
    private final Map<Long, Confirmation> confirmed = new HashMap<>();
    private Map<Long, Details> details = Map.of();
    private Map<Long, AuditRate> audited = Map.of();

    /**
     * Ranks and weighs.
     *
     * @param segments the use case itself among them
     * @param window what is known of it as a whole
     * @param day run date
     * @param family how many segments were looked at
     */
    UseCaseSearch(List<Summed> segments, UseCaseWindow window, LocalDate day, long family, SegmentSettings settings) {
        this.settings = settings;
        this.window = window;
        this.day = day;
        this.family = family;
        segments.forEach(s -> summed.put(s.counts().segment(), s));
        ranked = Finding.rank(segments.stream().map(Summed::counts).toList(), settings);
        evidence = weigh();
    }

    String useCase() {
        return ranked.get(0).counts().useCase();
    }

    List<Finding> ranked() {
        return ranked;
    }

    /** Returns the evidence by segment: of the segments that are tested, and of the use case as a whole. */
    Map<String, Evidence> evidence() {
        return evidence;
    }

    /** Weighs what has a rate and enough judged alarms. */
    private Map<String, Evidence> weigh() {
        Set<String> withRate = new HashSet<>();
        ranked.stream()
                .filter(f -> window.measure() == Measure.MARKS || f.fdr() != null)
                .forEach(f -> withRate.add(f.counts().segment()));
        List<Summed> weighed = summed.values().stream()
                .filter(s -> s.counts().judged() >= settings.minJudged()
                        && s.trials().n() > 0
                        && withRate.contains(s.counts().segment()))
                .sorted(Comparator.comparingLong(Summed::id))
                .collect(Collectors.toCollection(ArrayList::new));
        Map<String, Evidence> weights = new HashMap<>();
        if (weighed.removeIf(s -> s.counts().dimensions().isEmpty())) {
            weights.put(SegmentCounts.WHOLE, Evidence.ofWhole(whole(), settings));
        }
        if (weighed.isEmpty()) {
            return weights;
        }
        List<Evidence> all = Evidence.weigh(
                whole(),
                weighed.stream().map(s -> s.weighed(whole())).toList(),
                Math.max(family, weighed.size()),
                settings);
        for (int i = 0; i < all.size(); i++) {
            weights.put(weighed.get(i).counts().segment(), all.get(i));
        }
        return weights;
    }

    private ClusterSums whole() {
        return Objects.requireNonNull(summed.get(SegmentCounts.WHOLE)).trials();
    }

    private Summed of(Finding finding) {
        return Objects.requireNonNull(summed.get(finding.counts().segment()));
    }

    private boolean suspected(Finding finding) {
        Evidence of = evidence.get(finding.counts().segment());
        return of != null && of.suspected();
    }

    // ---- the few worst

    /** Ids of the segments that may make up the cover; none where the use case has no rates. */
    List<Long> toCover() {
        return coverable().stream().map(f -> of(f).id()).toList();
    }

    private List<Finding> coverable() {
        return worst(f -> f.fdr() != null && f.excessErrors() != null && f.excessErrors() > 0);
    }

    /**
     * Finds the few segments that together hold most excess errors.
     *
     * @param leaves the cells that lie in the same of the segments {@link #toCover}
     */
    void cover(List<GreedyCover.Leaf> leaves) {
        List<GreedyCover.Candidate> candidates = coverable().stream()
                .map(f -> new GreedyCover.Candidate(
                        f.counts().segment(),
                        whole().x() - f.counts().falsePositives(),
                        whole().n() - f.counts().judged()))
                .toList();
        cover = GreedyCover.cover(candidates, leaves, COVER_GAIN);
    }

    /** Ids of the use case and its worst segments, which are looked at in detail. */
    List<Long> toDetail() {
        List<Finding> worst = new ArrayList<>(worst(f -> true));
        ranked.stream().filter(f -> f.counts().dimensions().isEmpty()).forEach(worst::add);
        return worst.stream().map(f -> of(f).id()).toList();
    }

    /** Takes what the details are, by id. */
    void details(Map<Long, Details> looked) {
        details = looked;
    }

    /** Takes what an audit of the window says of the segments. */
    void audit(Audit audit, Lattice lattice) {
        Set<Long> ids = new HashSet<>();
        summed.values().forEach(s -> ids.add(s.id()));
        audited = audit.rates(lattice, useCase(), window.until(), ids, settings);
    }

    private List<Finding> worst(Predicate<Finding> wanted) {
        return ranked.stream()
                .filter(f -> f.rank() != null && f.rank() <= WORST)
                .filter(wanted)
                .toList();
    }

    /**
     * Notes since when segments are suspected, and returns the dates of those that have mature dates since, by id.
     *
     * @param earlier when a segment was first suspected, of run dates before this one
     */
    Map<Long, LocalDate> toConfirm(Map<String, LocalDate> earlier) {
        since = new HashMap<>();
        // All that wait for a confirmation, and not those alone that today's window still suspects: it holds the days
        // that
        // are to confirm.
        awaiting = earlier.values().stream()
                .filter(first -> first.isBefore(window.until()))
                .count();
        Map<Long, LocalDate> again = new TreeMap<>();
        for (Finding f : ranked) {
            if (suspected(f)) {
                LocalDate first = earlier.getOrDefault(f.counts().segment(), day);
                since.put(f.counts().segment(), first);
                if (first.isBefore(window.until())) {
                    again.put(of(f).id(), first);
                }
            }
        }
        return again;
    }

    /** Holds suspected segments against the days since they were first seen, by id. */
    void confirm(Map<Long, FreshDays> fresh) {
        List<Long> ids = fresh.keySet().stream().sorted().toList();
        List<Confirmation> said =
                Evidence.confirm(whole(), ids.stream().map(fresh::get).toList(), awaiting, settings);
        for (int i = 0; i < ids.size(); i++) {
            confirmed.put(ids.get(i), said.get(i));
        }
    }

    /** Chooses the segments that are compared with their past. */
    List<Watched> watched() {
        return Watched.choose(
                ranked,
                counts -> Objects.requireNonNull(summed.get(counts.segment())).id());
    }

    // ---- what is said

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        if (window.until().isBefore(day)) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: feedback on event dates after %s is still arriving; they are left out of findings",
                    useCase(),
                    window.until()));
        }
        if (!cover.isEmpty()) {
            List<GreedyCover.Pick> first = cover.subList(0, Math.min(5, cover.size()));
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: %d segments hold %.0f %% of the excess errors among judged alarms of the %d worst: %s",
                    useCase(),
                    first.size(),
                    100 * first.get(first.size() - 1).cumulativeShare(),
                    Math.min(WORST, ranked.size()),
                    String.join("; ", first.stream().map(GreedyCover.Pick::key).toList())));
        }
        if (!since.isEmpty()) {
            sentences.add(String.format(
                    Locale.ROOT,
                    "%s: %,d segments are suspected, %,d of them are elevated: days since they were first seen confirm it",
                    useCase(),
                    since.size(),
                    confirmed.values().stream().filter(Confirmation::passes).count()));
        }
        return sentences;
    }

    /** Shapes the findings like {@link SegmentFindings}; in parallel, for there may be hundreds of thousands. */
    List<Row> rows(String pipeline, String runId) {
        List<String> covering = cover.stream().map(GreedyCover.Pick::key).toList();
        return ranked.parallelStream()
                .map(f -> {
                    int place = covering.indexOf(f.counts().segment());
                    return row(f, pipeline, runId, place < 0 ? null : place + 1, place < 0 ? null : cover.get(place));
                })
                .toList();
    }

    private Row row(
            Finding f, String pipeline, String runId, @Nullable Integer coverRank, GreedyCover.@Nullable Pick pick) {
        SegmentCounts counts = f.counts();
        String segment = counts.segment();
        Evidence weight = evidence.get(segment);
        Confirmation fresh = confirmed.get(of(f).id());
        Details detail = details.get(of(f).id());
        AuditRate audit = audited.get(of(f).id());
        boolean byRate = window.measure() == Measure.FDR;
        Double estimated = window.expected().isEmpty() ? null : f.estimated();
        Stratified stratified = detail == null || f.fdr() == null ? null : detail.stratified();
        Interval corrected = stratified == null ? null : interval(stratified, of(f).trials(), weight);
        String status = null;
        if (suspected(f)) {
            status = fresh != null && fresh.passes() ? SegmentFindings.ELEVATED : SegmentFindings.SUSPECTED;
        }
        return RowFactory.create(
                pipeline,
                day,
                runId,
                counts.useCase(),
                segment,
                counts.dimensions().toArray(String[]::new),
                counts.values().toArray(String[]::new),
                f.rank(),
                window.until(),
                counts.alarms(),
                counts.judged(),
                counts.falsePositives(),
                counts.confirmed(),
                counts.relabeled(),
                counts.missed(),
                counts.negatives(),
                counts.cameras(),
                counts.cameraDays(),
                f.coverage(),
                detail == null ? null : window.maturity(detail.alarms(), day),
                f.marksPer1000(),
                byRate || weight == null ? null : 1000 * weight.interval().low(),
                byRate || weight == null ? null : 1000 * weight.interval().high(),
                f.fdr(),
                f.interval() == null ? null : f.interval().low(),
                f.interval() == null ? null : f.interval().high(),
                f.boundLow(),
                f.boundHigh(),
                f.fdrRest(),
                stratified == null ? null : stratified.rate(),
                corrected == null ? null : corrected.low(),
                corrected == null ? null : corrected.high(),
                stratified == null ? null : stratified.thin() || stratified.pooled(),
                audit == null ? 0L : audit.drawn(),
                audit == null ? 0L : audit.alarms(),
                audit == null ? 0L : audit.wrong(),
                audit == null ? null : audit.rate(),
                audit == null || audit.rate() == null ? null : audit.interval().low(),
                audit == null || audit.rate() == null ? null : audit.interval().high(),
                estimated,
                f.fpr(),
                window.emptyFrames() ? f.missRate() : null,
                f.alarmsPerCameraDay(),
                f.falseAlarmsPerCameraDay(),
                f.excessErrors(),
                window.measure().name(),
                status,
                since.get(segment),
                fresh == null ? null : fresh.trials(),
                fresh == null ? null : fresh.rate(),
                fresh == null ? null : fresh.interval().low(),
                fresh == null ? null : fresh.interval().high(),
                fresh == null ? null : fresh.qValue(),
                counts.redundant(),
                of(f).trials().clusters(),
                weight == null ? null : weight.effectiveTrials(),
                !byRate || weight == null ? null : weight.interval().low(),
                !byRate || weight == null ? null : weight.interval().high(),
                !byRate || weight == null ? null : weight.shrunk(),
                weight == null ? null : weight.pValue(),
                weight == null ? null : weight.qValue(),
                weight == null ? null : weight.qValueAny(),
                weight == null ? null : weight.score(),
                weight == null ? null : weight.unstable(),
                coverRank,
                pick == null ? null : pick.cumulativeShare(),
                f.sentence(weight, of(f).trials().clusters(), estimated, fresh) + (audit == null ? "" : audit.words()));
    }

    /** Trials of the corrected rate shrink by what cameras' likeness takes from the raw one. */
    private @Nullable Interval interval(Stratified stratified, ClusterSums trials, @Nullable Evidence weight) {
        Double rate = stratified.rate();
        if (rate == null || weight == null || trials.n() == 0) {
            return null;
        }
        double effective = stratified.effectiveTrials() * weight.effectiveTrials() / trials.n();
        return trials.interval(settings.interval(), settings.confidenceLevel(), rate, effective);
    }
}
