package dev.winnow.generate;

/** How a site's people answer alarms; the rates are judgement, chosen so that about 2 % of all alarms are judged. */
enum SiteTier {
    /** Marks wrong alarms only. */
    COMPLAINS(0.11, 0.0, 0.05),
    /** Marks wrong alarms and confirms some correct ones. */
    CONFIRMS(0.18, 0.025, 0.15),
    /** Never answers. */
    SILENT(0.0, 0.0, 0.0);

    /** No frame is reported with a higher probability than this. */
    static final double HIGHEST_RATE = 0.18;

    private final double markRate;
    private final double confirmRate;
    private final double missedRate;

    SiteTier(double markRate, double confirmRate, double missedRate) {
        this.markRate = markRate;
        this.confirmRate = confirmRate;
        this.missedRate = missedRate;
    }

    /** Probability that a wrong alarm is marked. */
    double markRate() {
        return markRate;
    }

    /** Probability that a correct alarm is confirmed. */
    double confirmRate() {
        return confirmRate;
    }

    /** Probability that an object the model did not report is reported. */
    double missedRate() {
        return missedRate;
    }
}
