package dev.winnow.quality;

import dev.winnow.stats.LimitProof;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a class is labeled without people on a day: decided from what proves its threshold, what audits say since, and
 * how it stood before.
 *
 * @param proven what proves it; null: nothing does
 * @param earlier how it stood on the last run date before; null: there is none
 * @param provenOn first run date with a proven threshold; null: this was never proven
 * @param auditedFrom lowest threshold since then; null as long
 */
record AutoLabelClass(
        @Nullable Proven proven,
        @Nullable Earlier earlier,
        @Nullable LocalDate provenOn,
        @Nullable Double auditedFrom) {
    /** E-value against the promise at which a class is withdrawn: a kept promise is called broken in 1 of 20 classes. */
    static final double WITHDRAWS = 20;

    /** What is beyond doubt is not told apart, and its exponential is a number. */
    private static final double MOST_LOG_EVIDENCE = 700;

    /** What becomes of a class. */
    enum Status {
        ISSUED,
        NOT_PROVEN,
        TOO_OLD,
        WITHDRAWN
    }

    /**
     * A proven threshold.
     *
     * @param source REVIEWS or BLIND_LABELS
     * @param bound upper bound of the share that is wrong at or above it, overlooked items included
     */
    record Proven(String source, double threshold, double bound) {}

    /**
     * How a class stood on an earlier run date.
     *
     * @param judged reviews and audits then
     * @param audited those audits that count against the promise
     */
    record Earlier(
            LocalDate on,
            Status status,
            @Nullable LocalDate provenOn,
            @Nullable Double auditedFrom,
            long judged,
            long audited,
            LocalDate judgedOn,
            @Nullable LocalDate passedOn,
            @Nullable LocalDate quarantinedFrom) {}

    /** Audited alarms at or above a threshold and what of them is wrong. */
    record Audited(long judged, long wrong) {
        static final Audited NONE = new Audited(0, 0);

        /** E-value against "at most the limit is wrong"; 1 without audits. */
        double evidence(double limit) {
            return Math.exp(Math.min(MOST_LOG_EVIDENCE, LimitProof.logEvidenceAgainst(wrong, judged, limit)));
        }
    }

    /**
     * The decision.
     *
     * @param evidence largest e-value against the promise
     * @param judgedOn last run date at which reviews or audits had come
     * @param passedOn last of those at which audits did not contradict; null before a proof
     * @param quarantinedFrom first run date whose labels are void; null unless withdrawn
     */
    record Decision(
            Status status,
            String reason,
            double evidence,
            LocalDate judgedOn,
            @Nullable LocalDate passedOn,
            @Nullable LocalDate quarantinedFrom) {}

    /** Begins with what is known before audits are counted. */
    static AutoLabelClass of(LocalDate day, @Nullable Proven proven, @Nullable Earlier earlier) {
        LocalDate provenOn = earlier == null ? null : earlier.provenOn;
        Double from = earlier == null ? null : earlier.auditedFrom;
        if (proven != null) {
            provenOn = provenOn == null ? day : provenOn;
            from = from == null ? proven.threshold : Math.min(from, proven.threshold);
        }
        return new AutoLabelClass(proven, earlier, provenOn, from);
    }

    /**
     * Decides.
     *
     * @param judged reviews and audits of the class so far
     * @param audited alarms of the class from {@code auditedFrom} on that were drawn after {@code provenOn}
     * @param segments the same in each audited value of a dimension
     * @param limit promised share of wrong labels
     * @param maxAgeDays days without a new review or audit after which a proof no longer holds
     */
    Decision decide(LocalDate day, long judged, Audited audited, List<Audited> segments, double limit, int maxAgeDays) {
        LocalDate judgedOn = earlier != null && earlier.judged == judged ? earlier.judgedOn : day;
        double evidence = audited.evidence(limit);
        for (Audited segment : segments) {
            evidence = Math.max(evidence, segment.evidence(limit));
        }
        evidence /= 1 + segments.size(); // the worst of many is believed only for as much more evidence as there are
        LocalDate passed = earlier == null || earlier.passedOn == null ? provenOn : earlier.passedOn;
        if (earlier != null && earlier.status == Status.WITHDRAWN) {
            return new Decision(
                    Status.WITHDRAWN,
                    "withdrawn before, for as long as the model version lives",
                    evidence,
                    judgedOn,
                    passed,
                    earlier.quarantinedFrom);
        }
        if (provenOn != null && evidence >= WITHDRAWS) {
            return new Decision(
                    Status.WITHDRAWN,
                    String.format(
                            Locale.ROOT,
                            "%d of %d audited since %s are wrong, promised were at most %.4f: what was labeled since %s is"
                                    + " void",
                            audited.wrong,
                            audited.judged,
                            provenOn,
                            limit,
                            passed),
                    evidence,
                    judgedOn,
                    passed,
                    passed);
        }
        // Reviews, and days without a new audit, are no test that was passed.
        boolean tested = earlier == null || audited.judged > earlier.audited;
        LocalDate passedOn = provenOn != null && tested ? day : passed;
        Status status;
        String reason;
        if (proven == null) {
            status = Status.NOT_PROVEN;
            reason = "no threshold of the class is proven for this model version";
        } else if (judgedOn.plusDays(maxAgeDays).isBefore(day)) {
            status = Status.TOO_OLD;
            reason = "nobody judged the class since " + judgedOn;
        } else {
            status = Status.ISSUED;
            reason = String.format(
                    Locale.ROOT,
                    "from confidence %s on at most %.4f are wrong in the reviewed population",
                    Buckets.plain(proven.threshold),
                    proven.bound);
        }
        return new Decision(status, reason, evidence, judgedOn, passedOn, null);
    }
}
