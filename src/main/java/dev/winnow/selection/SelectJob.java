package dev.winnow.selection;

import dev.winnow.config.ConfigException;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.ports.ImageStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.runtime.RunIds;
import dev.winnow.segments.SegmentFindings;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * Spends the budget of a round.
 *
 * <p>Reads the day's candidates, those of earlier days that were not chosen, and sealed rounds before the day; never its
 * own round. A sealed round is left as it is.
 */
public final class SelectJob implements Stage {
    private static final String NAME = "select";

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final CameraTable cameras;
    private final TableStore tables;
    private final ImageStore images;
    private final Rounds rounds;
    private final int number;

    /**
     * Creates the job.
     *
     * @param number of the round, from 1; a higher one corrects the sealed ones before it
     * @throws ConfigException if the budgets ask for more candidates than the driver can hold
     */
    public SelectJob(
            WinnowConfig config,
            InferenceLog inferences,
            CameraTable cameras,
            TableStore tables,
            ImageStore images,
            Rounds rounds,
            int number) {
        CandidatePool.requireBounded(config, config.useCases().keySet());
        this.config = config;
        this.inferences = inferences;
        this.cameras = cameras;
        this.tables = tables;
        this.images = images;
        this.rounds = rounds;
        this.number = number;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        DayInput input = inferences.day(day).and(cameras.files());
        Round round = new Round(day, number);
        if (rounds.seal(round).isPresent()) {
            return new Report(
                    0, 0, 0, 0, input.fingerprint(), List.of("Round " + round.id() + " is sealed and stays as it is"));
        }
        List<Round> sealed = rounds.sealed(day.minusDays(config.selection().cooldownDays()));
        requireNext(round, sealed);
        CandidatePool pool = new CandidatePool(config, tables, dimensions(), day, sealed);
        pool.requireCandidates();
        List<Spending> spendings = spend(pool);
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint());
        long written = write(round, runId, spendings, selections(day, pool, spendings));
        return new Report(
                spendings.stream()
                        .mapToLong(spending -> spending.pool().items().size())
                        .sum(),
                written,
                0,
                0,
                input.fingerprint(),
                spendings.stream().map(Spending::sentence).toList());
    }

    /** Rounds go forward only: a later one has already spent what an earlier one would choose from. */
    private static void requireNext(Round round, List<Round> sealed) {
        LocalDate day = round.date();
        int last = sealed.stream()
                .filter(other -> other.date().equals(day))
                .mapToInt(Round::number)
                .max()
                .orElse(0);
        if (round.number() != last + 1) {
            throw new ConfigException(
                    "round " + round.id() + " can't be made: the next round of " + day + " is " + (last + 1));
        }
        List<Round> later =
                sealed.stream().filter(other -> other.date().isAfter(day)).toList();
        if (!later.isEmpty()) {
            throw new ConfigException("round " + later.get(0).id()
                    + " is sealed already, and rounds go forward only: run"
                    + " `segments` and `candidates` for " + day + " if you backfill, and `select` for a day after "
                    + later.get(later.size() - 1).date());
        }
    }

    private List<String> dimensions() {
        List<String> dimensions = new ArrayList<>(inferences.dimensions());
        dimensions.addAll(cameras.dimensions());
        return dimensions;
    }

    private List<Spending> spend(CandidatePool candidates) {
        ImageStore checked = config.labeling().checkImages() ? images : uris -> Set.of();
        return candidates.byUseCase().stream()
                .map(pool -> Spending.of(pool, config.useCase(pool.useCase()), checked))
                .toList();
    }

    /** What was chosen, with everything that speaks for it. */
    private List<Selection> selections(LocalDate day, CandidatePool pool, List<Spending> spendings) {
        List<RankedSegment> segments = RankedSegment.of(tables.read(SegmentFindings.TABLE), config.pipeline(), day);
        Map<String, Set<String>> chosen = new TreeMap<>();
        spendings.forEach(spending -> chosen.put(spending.useCase(), spending.images()));
        Map<String, Map<String, Set<String>>> signals = pool.signals(chosen);
        List<Selection> selections = new ArrayList<>();
        for (Spending spending : spendings) {
            selections.addAll(spending.selections(segments, signals.getOrDefault(spending.useCase(), Map.of())));
        }
        return selections;
    }

    /** Replaces the round: its cuts first, so that a round with selections has them. */
    private long write(Round round, String runId, List<Spending> spendings, List<Selection> selections) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Selections.PIPELINE, config.pipeline());
        scope.put(Selections.RUN_DATE, round.date());
        scope.put(Selections.ROUND_ID, round.id());
        List<Row> cuts = spendings.stream()
                .flatMap(spending -> spending.cuts().stream())
                .map(cut -> SelectionCuts.row(config.pipeline(), round, cut))
                .toList();
        List<Row> rows = selections.stream()
                .map(selection -> Selections.row(config.pipeline(), round, runId, selection))
                .toList();
        tables.replace(SelectionCuts.TABLE, tables.frame(SelectionCuts.TABLE, cuts), scope);
        return tables.replace(Selections.TABLE, tables.frame(Selections.TABLE, rows), scope);
    }
}
