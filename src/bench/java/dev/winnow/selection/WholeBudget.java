package dev.winnow.selection;

import dev.winnow.config.UseCaseSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;

/** What the solver of rounds makes of candidates, for benchmarks: without caps, as their logs have no real cameras. */
public final class WholeBudget {
    private final List<PoolItem> pool;
    private final UseCaseSettings settings;

    /**
     * Reads candidates of one use case.
     *
     * @param candidates rows of {@code candidates} that may be chosen
     */
    public WholeBudget(Collection<Row> candidates, UseCaseSettings settings) {
        this.pool = candidates.stream()
                .map(row -> PoolItem.of(row, false, text -> text))
                .toList();
        this.settings = settings;
    }

    /**
     * Spends a budget.
     *
     * @param auditShare share drawn uniformly, fraction
     * @param weights signal in kebab case to its weight
     * @return signal to the ids of the inferences charged to it
     */
    public Map<String, List<String>> spend(int budget, double auditShare, Map<String, Double> weights) {
        UseCaseSettings free = new UseCaseSettings(
                budget,
                auditShare,
                0,
                weights,
                Map.of(),
                settings.segmentAllocation(),
                settings.uncertainty(),
                settings.boxes(),
                settings.versionsDisagree(),
                settings.diversity(),
                new UseCaseSettings.Caps(
                        Integer.MAX_VALUE, Duration.ZERO, Duration.ZERO, 0, Integer.MAX_VALUE, 1, 1),
                settings.thresholds(),
                settings.classes(),
                settings.labels());
        return BudgetSolver.spend(free, pool, List.of(), item -> true).chosen().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        charged -> charged.getValue().stream()
                                .map(PoolItem::inferenceId)
                                .toList(),
                        (a, b) -> a,
                        TreeMap::new));
    }
}
