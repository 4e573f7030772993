package dev.winnow.selection;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.runtime.ItemReferences;
import dev.winnow.selection.Bursts.Shot;
import java.util.List;
import java.util.Optional;

/**
 * What one use case's budget can be spent on.
 *
 * @param useCase use case
 * @param items candidates, at most {@code limit} of each signal
 * @param held images that sealed rounds chose by a signal, of the days that the items are of
 * @param limit see {@link Candidates#poolSize}
 * @param heldToday frames of the day that its own sealed rounds hold, and that the items lack
 */
record UseCasePool(String useCase, List<PoolItem> items, List<Shot> held, long limit, long heldToday) {
    /** Why no item can be labeled; empty where one can be. */
    Optional<String> unusable(Subject subject) {
        return items.stream().anyMatch(item -> ItemReferences.usable(subject, item.imageUri()))
                ? Optional.empty()
                : Optional.of("No " + subject.word() + " of use case " + useCase
                        + " can be labeled: inputs.inferences.columns.image_uri must give "
                        + ItemReferences.rule(subject) + ", got "
                        + ItemReferences.shown(subject, items.get(0).imageUri()));
    }

    /**
     * Images that a draw is made from: frames of the audit are counted where rows are images, and estimated from the
     * hash-limited pool where they are boxes.
     *
     * @param signal one of {@link Candidates#DRAWN}
     */
    double population(String signal) {
        List<PoolItem> drawable = items.stream()
                .filter(item -> item.signal().equals(signal))
                .sorted(PoolItem.BY_DRAW)
                .toList();
        if (drawable.isEmpty()) {
            return 0;
        }
        PoolItem last = drawable.get(drawable.size() - 1);
        if (last.frames() != null) {
            return last.frames() - heldToday;
        }
        // A pool cut at its limit of items ends at its highest draw (bottom-k estimate), a whole one at its own.
        if (drawable.size() < limit) {
            return drawable.size() / (last.drawLimit() == null ? 1 : last.drawLimit());
        }
        return (drawable.size() - 1) / last.draw();
    }
}
