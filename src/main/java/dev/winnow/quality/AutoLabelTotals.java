package dev.winnow.quality;

/** What labeling a class without people takes and gives. */
final class AutoLabelTotals {
    private AutoLabelTotals() {}

    /** People's work on a class. */
    record Spent(long reviews, long audits) {
        static final Spent NONE = new Spent(0, 0);

        Spent plus(Spent other) {
            return new Spent(reviews + other.reviews, audits + other.audits);
        }
    }

    /** Alarms of a class on the day. */
    record Alarms(long wanted, long issued, long held) {
        static final Alarms NONE = new Alarms(0, 0, 0);

        Alarms plus(Alarms other) {
            return new Alarms(wanted + other.wanted, issued + other.issued, held + other.held);
        }
    }

    /** Alarms of a class on all run dates before, without what is void. */
    record Before(long wanted, long issued) {
        static final Before NONE = new Before(0, 0);

        Before plus(Before other) {
            return new Before(wanted + other.wanted, issued + other.issued);
        }
    }
}
