package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import java.util.List;

/**
 * What one use case's budget can be spent on.
 *
 * @param useCase use case
 * @param items candidates, at most {@code limit} of each signal
 * @param limit see {@link Candidates#poolSize}
 * @param heldToday frames of the day that its own sealed rounds hold, and that the items lack
 */
record UseCasePool(String useCase, List<PoolItem> items, long limit, long heldToday) {
    /**
     * Frames that the audit is drawn from: counted where rows are images, estimated from the hash-limited pool where they
     * are boxes.
     */
    double population() {
        List<PoolItem> audit = items.stream()
                .filter(item -> item.signal().equals(Candidates.AUDIT))
                .sorted(PoolItem.BY_DRAW)
                .toList();
        if (audit.isEmpty()) {
            return 0;
        }
        PoolItem last = audit.get(audit.size() - 1);
        if (last.frames() != null) {
            return last.frames() - heldToday;
        }
        // A pool cut at its limit of items ends at its highest draw (bottom-k estimate), a whole one at its own.
        if (audit.size() < limit) {
            return audit.size() / (last.drawLimit() == null ? 1 : last.drawLimit());
        }
        return (audit.size() - 1) / last.draw();
    }
}
