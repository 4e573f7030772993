package dev.winnow.quality;

import org.jspecify.annotations.Nullable;

/**
 * Items of one class in one interval of confidence, by what reviewers said of their label.
 *
 * @param confirmed somebody confirmed it and nobody disconfirmed it
 * @param disconfirmed somebody disconfirmed it and nobody confirmed it
 * @param split both; counts as wrong
 * @param unreviewed nobody answered
 * @param cantTell all who answered could not tell
 */
record QaCell(long confirmed, long disconfirmed, long split, long unreviewed, long cantTell) {
    static final QaCell EMPTY = new QaCell(0, 0, 0, 0, 0);

    /** Items with an answer that counts. */
    long total() {
        return confirmed + disconfirmed + split;
    }

    long wrong() {
        return disconfirmed + split;
    }

    /** All items, reviewed or not. */
    long items() {
        return total() + unreviewed + cantTell;
    }

    /** Share that is right, fraction; null without items that count. */
    @Nullable
    Double correctShare() {
        return total() == 0 ? null : (double) confirmed / total();
    }

    QaCell plus(QaCell other) {
        return new QaCell(
                confirmed + other.confirmed,
                disconfirmed + other.disconfirmed,
                split + other.split,
                unreviewed + other.unreviewed,
                cantTell + other.cantTell);
    }
}
