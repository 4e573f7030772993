package dev.winnow.selection;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import dev.winnow.candidates.Candidates;
import dev.winnow.config.ConfigException;
import dev.winnow.config.SelectionSettings.Weights;
import dev.winnow.config.TaskType.Subject;
import dev.winnow.config.TeamSettings;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.inputs.CameraTable;
import dev.winnow.inputs.DayInput;
import dev.winnow.inputs.InferenceLog;
import dev.winnow.inputs.SiteGroups;
import dev.winnow.inputs.WorstSegments;
import dev.winnow.ports.History;
import dev.winnow.ports.ImageStore;
import dev.winnow.ports.MeasuredWeights.Proposed;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import dev.winnow.runtime.Rounds;
import dev.winnow.runtime.Rounds.Round;
import dev.winnow.runtime.RunIds;
import dev.winnow.runtime.TeamRoom;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.tables.InputException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Spends the budget of a round.
 *
 * <p>Reads the day's candidates, those of earlier days that were not chosen, sealed rounds before the day and how their jobs
 * stand; never its own round. A sealed round is left as it is. Budgets are lowered to what fits beside the work that the
 * team has not done yet.
 */
public final class SelectJob implements Stage {
    public static final String NAME = "select";

    /** Segments further down the ranking name no reason to label: every item is held against each of these. */
    private static final int WORST = 1_000;

    private final WinnowConfig config;
    private final InferenceLog inferences;
    private final CameraTable cameras;
    private final TableStore tables;
    private final ImageStore images;
    private final Rounds rounds;
    private final History history;
    private final int number;

    /** What jobs are split by to what tells the group of a site. */
    private final Map<String, UnaryOperator<String>> groups = new HashMap<>();

    /**
     * Creates the job.
     *
     * @param history what is known of earlier rounds
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
            History history,
            int number) {
        Candidates.requireBounded(config, config.useCases().keySet());
        this.config = config;
        this.inferences = inferences;
        this.cameras = cameras;
        this.tables = tables;
        this.images = images;
        this.rounds = rounds;
        this.history = history;
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
        List<Round> sealed = rounds.sealed(day.minusDays(Math.max(
                config.selection().cooldownDays(), config.selection().planted().restDays())));
        requireNext(round, sealed);
        CandidatePool pool = new CandidatePool(
                config,
                tables,
                dimensions(),
                worstSegments(day),
                day,
                sealed,
                history.rounds().returned(day),
                history.rounds().askedBesides(day));
        pool.requireCandidates();
        List<String> sentences = new ArrayList<>();
        List<UseCasePool> pools = pool.byUseCase();
        Map<String, Integer> wanted = wanted(pools, sentences);
        Map<String, Integer> budgets = budgets(day, wanted, sentences);
        List<Planting.Round> spent = spend(round, sealed, pools, budgets, sentences);
        String runId = RunIds.of(config.pipeline(), NAME, day, config.semantic(), input.fingerprint());
        Map<String, Integer> heldBack = new TreeMap<>(wanted);
        budgets.forEach((useCase, budget) -> heldBack.merge(useCase, -budget, Integer::sum));
        long written = write(round, runId, spent, heldBack, selections(pool, spent));
        return new Report(
                pools.stream().mapToLong(ofUseCase -> ofUseCase.items().size()).sum(),
                written,
                0,
                0,
                input.fingerprint(),
                sentences);
    }

    /** Use case to its budget: nothing where no item can be labeled. Where all are such, the mapping is mistaken. */
    private Map<String, Integer> wanted(List<UseCasePool> pools, List<String> sentences) {
        Map<String, Integer> wanted = new TreeMap<>();
        List<String> refused = new ArrayList<>();
        for (UseCasePool pool : pools) {
            int budget = config.useCase(pool.useCase()).budget();
            Optional<String> why =
                    budget > 0 ? pool.unusable(config.labeling().subject(pool.useCase())) : Optional.empty();
            why.ifPresent(refused::add);
            wanted.put(pool.useCase(), why.isPresent() ? 0 : budget);
        }
        if (!refused.isEmpty() && wanted.values().stream().allMatch(budget -> budget == 0)) {
            throw new InputException(refused.get(0));
        }
        sentences.addAll(refused);
        return wanted;
    }

    /** Use case to the images that its budget and the team's open work allow. */
    private Map<String, Integer> budgets(LocalDate day, Map<String, Integer> wanted, List<String> sentences) {
        TeamSettings team = config.labeling().team();
        if (!team.isLimited()) {
            return wanted;
        }
        TeamRoom room = new TeamRoom(team, history.rounds().open(day));
        long images = TeamCapacity.images(room);
        long budget = wanted.values().stream().mapToLong(Integer::longValue).sum();
        if (images < budget) {
            sentences.add(TeamCapacity.sentence(room, budget, images));
        }
        return TeamCapacity.budgets(wanted, images);
    }

    /** The round is the next of its day, and none of a later day has spent what it would choose from. */
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
        Rounds.requireNoneLater(round, sealed);
    }

    private List<String> dimensions() {
        List<String> dimensions = new ArrayList<>(inferences.dimensions());
        dimensions.addAll(cameras.dimensions());
        return dimensions;
    }

    private static int budget(Map<String, Integer> budgets, String useCase) {
        return Objects.requireNonNull(budgets.get(useCase), useCase);
    }

    /** Spends the budgets, each by the weights that hold for it, and tells how. */
    private List<Planting.Round> spend(
            Round round,
            List<Round> sealed,
            List<UseCasePool> pools,
            Map<String, Integer> budgets,
            List<String> sentences) {
        Map<String, UseCaseSettings> settings = settings(round.date(), pools, sentences);
        Map<String, List<KnownItem>> known =
                KnownPool.of(config, tables, history.labels(), round, sealed, settings.keySet());
        List<Planting.Round> spent = new ArrayList<>();
        for (UseCasePool pool : pools) {
            String useCase = pool.useCase();
            Planting planting =
                    new Planting(config.selection().planted(), config.labeling().task(useCase), groups(useCase));
            Planting.Round one = planting.spend(
                    pool,
                    Objects.requireNonNull(settings.get(useCase)).withBudget(budget(budgets, useCase)),
                    known.getOrDefault(useCase, List.of()),
                    checked(useCase));
            sentences.add(one.spending().sentence());
            one.spending().loweredFloors().ifPresent(sentences::add);
            if (!one.planted().isEmpty()) {
                long gold = one.planted().stream().filter(Planted::gold).count();
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s: %,d items whose answer is known and %,d repeated ones are planted among these",
                        useCase,
                        gold,
                        one.planted().size() - gold));
            }
            spent.add(one);
        }
        return spent;
    }

    /** Tells which references of a use case name nothing: of texts none does, as they name nothing at all. */
    private ImageStore checked(String useCase) {
        boolean looks = config.labeling().checkImages() && config.labeling().subject(useCase) != Subject.TEXT;
        return looks ? images : references -> Set.of();
    }

    /**
     * Settings by use case, with measured weights where they are asked for and there are any. Texts of one time are not
     * alike, as images are.
     */
    private Map<String, UseCaseSettings> settings(LocalDate day, List<UseCasePool> pools, List<String> sentences) {
        boolean measured = config.selection().weights() == Weights.MEASURED;
        Map<String, Proposed> proposals = measured ? history.weights().before(day) : Map.of();
        Map<String, UseCaseSettings> settings = new TreeMap<>();
        for (UseCasePool pool : pools) {
            String useCase = pool.useCase();
            Proposed proposed = proposals.get(useCase);
            UseCaseSettings own = config.useCase(useCase);
            UseCaseSettings weighed = proposed == null ? own : own.withMeasured(proposed.bySignal());
            boolean text = config.labeling().subject(useCase) == Subject.TEXT;
            settings.put(useCase, text ? weighed.withoutBurstsByTime() : weighed);
            if (measured) {
                sentences.add(
                        proposed == null
                                ? useCase + ": no weights of signals were proposed before " + day
                                        + ", so the configured ones hold"
                                : useCase + ": signals have the weights that outcomes proposed on "
                                        + proposed.runDate());
            }
        }
        return settings;
    }

    /** The ranked segments of a day with more errors than the rest. */
    private WorstSegments worstSegments(LocalDate day) {
        return WorstSegments.of(tables.read(SegmentFindings.TABLE)
                .filter(col(SegmentFindings.PIPELINE)
                        .equalTo(config.pipeline())
                        .and(col(SegmentFindings.RUN_DATE).equalTo(lit(day)))
                        .and(col(SegmentFindings.RANK).leq(WORST))
                        .and(col(SegmentFindings.EXCESS_ERRORS).gt(0)))
                .sort(SegmentFindings.USE_CASE, SegmentFindings.RANK)
                .select(SegmentFindings.conjunction())
                .collectAsList());
    }

    /** What was chosen, with everything that speaks for it. */
    private static List<Selection> selections(CandidatePool pool, List<Planting.Round> spent) {
        Map<String, Set<String>> chosen = new TreeMap<>();
        List<Spending> spendings = spent.stream().map(Planting.Round::spending).toList();
        spendings.forEach(spending -> chosen.put(spending.useCase(), spending.images()));
        Map<String, Map<String, Set<String>>> signals = pool.signals(chosen);
        List<Selection> selections = new ArrayList<>();
        for (Spending spending : spendings) {
            selections.addAll(spending.selections(signals.getOrDefault(spending.useCase(), Map.of())));
        }
        return selections;
    }

    /** Replaces the round: its selections last, so that a round with selections has all else. */
    private long write(
            Round round,
            String runId,
            List<Planting.Round> spent,
            Map<String, Integer> heldBack,
            List<Selection> selections) {
        Map<String, Object> scope = new LinkedHashMap<>();
        scope.put(Selections.PIPELINE, config.pipeline());
        scope.put(Selections.RUN_DATE, round.date());
        scope.put(Selections.ROUND_ID, round.id());
        List<Row> cuts = spent.stream()
                .flatMap(one -> one.spending().cuts().stream())
                .map(cut -> SelectionCuts.row(config.pipeline(), round, cut, budget(heldBack, cut.useCase())))
                .toList();
        List<Row> rows = selections.stream()
                .map(one -> Selections.row(config.pipeline(), round, runId, one, group(one)))
                .toList();
        tables.replace(SelectionCuts.TABLE, tables.frame(SelectionCuts.TABLE, cuts), scope);
        List<Row> planted = planted(round, runId, spent, selections);
        tables.replace(PlantedItems.TABLE, tables.frame(PlantedItems.TABLE, planted), scope);
        return tables.replace(Selections.TABLE, tables.frame(Selections.TABLE, rows), scope);
    }

    /** What tells the group of a site by which jobs are split. */
    private UnaryOperator<String> groups(String useCase) {
        return groups.computeIfAbsent(
                config.labeling().task(useCase).splitBy(), splitBy -> SiteGroups.of(splitBy, cameras));
    }

    private @Nullable String group(Selection selection) {
        String group = groups(selection.useCase()).apply(selection.item().site());
        return group.isEmpty() ? null : group;
    }

    /** What was planted, with the lines of the chosen items beside it. */
    private List<Row> planted(Round round, String runId, List<Planting.Round> spent, List<Selection> selections) {
        Map<List<Object>, Selection> chosen = new HashMap<>();
        selections.forEach(one -> chosen.put(List.of(one.useCase(), one.signal(), one.rank()), one));
        List<Row> rows = new ArrayList<>();
        for (Planting.Round one : spent) {
            String useCase = one.spending().useCase();
            one.planted().forEach(item -> {
                Selection beside = Objects.requireNonNull(chosen.get(List.of(useCase, item.signal(), item.rank())));
                rows.add(PlantedItems.row(config.pipeline(), round, runId, useCase, item, beside, group(beside)));
            });
        }
        return rows;
    }
}
