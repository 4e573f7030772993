package dev.winnow.generate;

import dev.winnow.generate.Frame.Defect;
import dev.winnow.generate.Report.Verdict;
import dev.winnow.generate.UseCase.ObjectClass;
import java.util.ArrayList;
import java.util.List;

/** What a site's people say about a frame, and when. */
final class FeedbackModel {
    /** Feedback arrives at most this many days after the frame. */
    static final int HORIZON_DAYS = 14;

    private static final double MARK_MEAN_DAYS = 2.5;
    private static final double CONFIRM_MEAN_DAYS = 5;
    private static final double RELABEL_SHARE = 0.7;
    private static final double DELIVERED_TWICE_SHARE = 0.01;
    private static final double CHANGED_SHARE = 0.02;
    private static final double UNKNOWN_INFERENCE_SHARE = 0.005;
    private static final double BARE_SHARE = 0.15;
    private static final double MICROS_PER_DAY = 86_400e6;
    private static final double LARGEST_CLOCK_ERROR_MICROS = 20e6;
    private static final Weighted SOURCES = Weighted.of(new String[] {"app", "portal", "api", "email"}, 50, 30, 15, 5);

    private FeedbackModel() {}

    /** Returns whether a frame with this key may have feedback at all; most have none whatever they show. */
    static boolean isPossible(long frameHash) {
        return answerDraw(frameHash) < SiteTier.HIGHEST_RATE;
    }

    /** Returns the feedback on a frame, mostly none. Rows that break the contract have none. */
    static List<Report> on(Frame frame) {
        SiteTier tier = frame.scene().camera().site().tier();
        double rate = frame.isFalseAlarm()
                ? tier.markRate()
                : frame.isMissed() ? tier.missedRate() : frame.predicted() != null ? tier.confirmRate() : 0;
        if (answerDraw(frame.hash()) >= rate
                || frame.defect() != Defect.NONE
                || frame.inferenceHash() != frame.hash()) {
            return List.of();
        }
        long key = Draws.hash(frame.hash(), Keys.FEEDBACK);
        Report first = frame.isMissed() ? missed(frame, key) : judged(frame, key);
        List<Report> reports = new ArrayList<>();
        reports.add(first);
        if (Draws.uniform(key, 0) < DELIVERED_TWICE_SHARE) {
            reports.add(first);
        }
        if (!frame.isMissed() && Draws.uniform(key, 1) < CHANGED_SHARE) {
            reports.add(changed(frame, first, key));
        }
        if (Draws.uniform(key, 2) < UNKNOWN_INFERENCE_SHARE) {
            reports.add(aboutUnknownInference(first, key));
        }
        return reports;
    }

    private static double answerDraw(long frameHash) {
        return Draws.uniform(frameHash, 10);
    }

    private static Report judged(Frame frame, long key) {
        ObjectClass truth = frame.truth();
        Verdict verdict = Verdict.CONFIRMED;
        String correctedLabel = null;
        if (frame.isFalseAlarm()) {
            verdict = Verdict.FALSE_POSITIVE;
            if (truth != null && Draws.uniform(key, 3) < RELABEL_SHARE) {
                verdict = Verdict.RELABELED;
                correctedLabel = truth.name();
            }
        }
        boolean bare = Draws.uniform(key, 4) < BARE_SHARE;
        return new Report(
                Ids.hex(key),
                frame.inferenceId(),
                Draws.uniform(key, 5) < 0.5 ? imageUri(frame) : null,
                frame.scene().camera().id(),
                bare ? null : frame.capturedMicros(),
                verdict,
                bare ? null : frame.scene().subject().name(),
                correctedLabel,
                frame.capturedMicros()
                        + delayMicros(
                                verdict == Verdict.CONFIRMED ? CONFIRM_MEAN_DAYS : MARK_MEAN_DAYS,
                                Draws.uniform(key, 6)),
                SOURCES.pick(Draws.uniform(key, 7)));
    }

    /** Missed objects are reported by inference, by image alone, or by camera and about the right time alone. */
    private static Report missed(Frame frame, long key) {
        double by = Draws.uniform(key, 3);
        boolean byInference = by < 0.4;
        boolean byImage = by >= 0.4 && by < 0.7;
        long clockError = (long) (LARGEST_CLOCK_ERROR_MICROS * (2 * Draws.uniform(key, 4) - 1));
        return new Report(
                Ids.hex(key),
                byInference ? frame.inferenceId() : null,
                byImage ? imageUri(frame) : null,
                frame.scene().camera().id(),
                byInference || byImage ? frame.capturedMicros() : Long.valueOf(frame.capturedMicros() + clockError),
                Verdict.MISSED,
                frame.scene().subject().name(),
                null,
                frame.capturedMicros() + delayMicros(MARK_MEAN_DAYS, Draws.uniform(key, 6)),
                SOURCES.pick(Draws.uniform(key, 7)));
    }

    /** The customer thinks again: the opposite verdict, between the first one and the horizon. */
    private static Report changed(Frame frame, Report first, long key) {
        double left = HORIZON_DAYS * MICROS_PER_DAY - (first.reportedMicros() - frame.capturedMicros());
        return new Report(
                Ids.hex(Draws.hash(key, 1)),
                first.inferenceId(),
                first.imageUri(),
                first.cameraId(),
                first.capturedMicros(),
                first.verdict() == Verdict.CONFIRMED ? Verdict.FALSE_POSITIVE : Verdict.CONFIRMED,
                first.label(),
                null,
                first.reportedMicros() + 1 + (long) ((left - 1) * Draws.uniform(key, 8)),
                first.source());
    }

    private static Report aboutUnknownInference(Report first, long key) {
        return new Report(
                Ids.hex(Draws.hash(key, 2)),
                Ids.hex(Draws.hash(key, Keys.UNKNOWN_INFERENCE)),
                null,
                first.cameraId(),
                null,
                Verdict.FALSE_POSITIVE,
                first.label(),
                null,
                first.reportedMicros(),
                first.source());
    }

    /** The exponential arrival curve, cut at the horizon. */
    private static long delayMicros(double meanDays, double draw) {
        double reached = 1 - Math.exp(-HORIZON_DAYS / meanDays);
        return (long) (-meanDays * StrictMath.log(1 - draw * reached) * MICROS_PER_DAY);
    }

    private static String imageUri(Frame frame) {
        return FleetSettings.BUCKET + frame.imagePath();
    }
}
