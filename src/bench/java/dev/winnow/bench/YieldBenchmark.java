package dev.winnow.bench;

import dev.winnow.bench.YieldLogs.Item;
import dev.winnow.candidates.Candidates;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.inputs.Inferences;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.selection.WholeBudget;
import dev.winnow.stats.Digest;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How many model errors the signals find for a number of labels, on published predictions whose truth is known.
 *
 * <p>Arguments: {@code --data FOLDER}, by default ../shared/data; {@code --draws N}, by default 5; {@code --resamples N}, by
 * default 1000; {@code --only NAME} of a data set. For every data set and draw a hash share of 5 % is judged, as a first round would have been: {@code
 * segments} and {@code candidates} run over the log with these verdicts alone, and everything is measured on the other
 * 95 %, whose truth they never see. Yield is (found - random) / (attainable - random), where random is what as many uniform
 * labels find on average and attainable what labels that knew the truth would. Intervals are 95 % by the bootstrap over
 * items, one draw a resample. Same figures on any machine.
 */
public final class YieldBenchmark {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final double[] BUDGETS = {0.01, 0.05, 0.1, 0.2};
    private static final double JUDGED = 0.05;
    private static final String LEAST_CONFIDENCE = "least confidence";
    private static final List<String> SIGNALS =
            List.of(Candidates.ERROR_RISK, Candidates.LOW_CONFIDENCE, Candidates.BOUNDARY);
    private static final String ALONE = "all signals";
    private static final String WHOLE = "whole budget";
    private static final String PER_GROUP = "per group";
    private static final String RANDOM = "random";

    private final Path folder;
    private final int draws;
    private final int resamples;

    private YieldBenchmark(Path folder, int draws, int resamples) {
        this.folder = folder;
        this.draws = draws;
        this.resamples = resamples;
    }

    /** Measures the three data sets. */
    public static void main(String[] args) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of("--data", "../shared/data", "--draws", "5"));
        options.put("--resamples", "1000");
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        Path data = Path.of(Objects.requireNonNull(options.get("--data")));
        Path folder = Files.createTempDirectory("yield");
        SparkSession spark = SparkSessions.withRequiredSettings(
                        SparkSession.builder().master("local[2]"))
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
        try {
            YieldBenchmark benchmark = new YieldBenchmark(
                    folder,
                    Integer.parseInt(Objects.requireNonNull(options.get("--draws"))),
                    Integer.parseInt(Objects.requireNonNull(options.get("--resamples"))));
            for (YieldLogs log : YieldLogs.all(data)) {
                if (options.getOrDefault("--only", log.name()).equals(log.name())) {
                    benchmark.measure(log);
                }
            }
        } finally {
            spark.stop();
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    /**
     * What one draw of judged items led to, on the items that were not judged.
     *
     * @param rest items by place
     * @param orders methods that rank items, to places, best first
     * @param chosen methods that choose a set, to the places for each budget
     * @param budget solver over the candidates
     * @param auditShare of the budget by default, fraction
     * @param weights of the signals by default
     * @param places id to place
     * @param risk id to error risk, of all items
     */
    private record Draw(
            List<Item> rest,
            Map<String, List<Integer>> orders,
            Map<String, List<List<Integer>>> chosen,
            WholeBudget budget,
            double auditShare,
            Map<String, Double> weights,
            Map<String, Integer> places,
            Map<String, Double> risk) {
        int labels(int budget) {
            return (int) Math.round(BUDGETS[budget] * rest.size());
        }

        List<Integer> places(List<String> ids) {
            return ids.stream().map(places::get).toList();
        }
    }

    private void measure(YieldLogs log) throws IOException {
        long wrong = log.items().stream().filter(Item::wrong).count();
        System.out.printf(
                Locale.ROOT,
                "%n%s: %,d predictions, %,d wrong (%.1f %%); %d draws of %.0f %% judged%n",
                log.name(),
                log.items().size(),
                wrong,
                100.0 * wrong / log.items().size(),
                draws,
                100 * JUDGED);
        List<Draw> all = new ArrayList<>();
        for (int draw = 0; draw < draws; draw++) {
            all.add(draw(log, draw));
        }
        yields(all);
        signals(all);
        if (!log.reviews().isEmpty()) {
            labelErrors(log, all);
        }
    }

    // ---- one draw

    private Draw draw(YieldLogs log, int number) throws IOException {
        Path root = Files.createDirectories(folder.resolve(log.name() + number));
        Set<String> judged = log.items().stream()
                .map(Item::id)
                .filter(id -> uniform(number + "|" + id) < JUDGED)
                .collect(Collectors.toSet());
        Pipeline pipeline = Pipeline.of(root, log.write(root, judged));
        pipeline.segments(DAY.minusDays(1));
        pipeline.segments(DAY);
        pipeline.candidates(DAY);
        Map<String, Map<String, Double>> scores = new HashMap<>();
        List<Row> usable = new ArrayList<>();
        for (Row row : pipeline.rows("candidates").collectAsList()) {
            String id = row.getAs(Inferences.INFERENCE_ID);
            Double score = row.getAs(Candidates.SCORE);
            if (score != null) {
                scores.computeIfAbsent(row.getAs(Candidates.SIGNAL), s -> new HashMap<>())
                        .put(id, score);
            }
            if (!judged.contains(id)) {
                usable.add(row);
            }
        }
        FileUtils.deleteDirectory(root.toFile());
        List<Item> rest = log.items().stream()
                .filter(item -> !judged.contains(item.id()))
                .sorted(Comparator.comparingDouble(item -> uniform("order|" + number + "|" + item.id())))
                .toList();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < rest.size(); i++) {
            places.put(rest.get(i).id(), i);
        }
        Map<String, List<Integer>> orders = new LinkedHashMap<>();
        orders.put(LEAST_CONFIDENCE, order(rest, item -> 1 - item.confidence()));
        for (String signal : SIGNALS) {
            Map<String, Double> ofSignal = scores.getOrDefault(signal, Map.of());
            orders.put(signal, order(rest, item -> ofSignal.getOrDefault(item.id(), 0.0)));
        }
        UseCaseSettings settings = pipeline.config().useCase(YieldLogs.USE_CASE);
        WholeBudget budget = new WholeBudget(usable, settings);
        Map<String, List<List<Integer>>> chosen = new LinkedHashMap<>();
        Draw draw = new Draw(
                rest,
                orders,
                chosen,
                budget,
                settings.auditShare(),
                settings.signalWeights(),
                places,
                scores.getOrDefault(Candidates.ERROR_RISK, Map.of()));
        for (int b = 0; b < BUDGETS.length; b++) {
            chosen.computeIfAbsent(ALONE, m -> new ArrayList<>())
                    .add(draw.places(together(budget.spend(draw.labels(b), 0, settings.signalWeights()))));
            chosen.computeIfAbsent(WHOLE, m -> new ArrayList<>())
                    .add(draw.places(
                            together(budget.spend(draw.labels(b), settings.auditShare(), settings.signalWeights()))));
            chosen.computeIfAbsent(PER_GROUP, m -> new ArrayList<>()).add(perGroup(rest, draw.labels(b)));
        }
        orders.put(RANDOM, order(rest, item -> 0)); // places are in hash order
        return draw;
    }

    private static List<String> together(Map<String, List<String>> charged) {
        return charged.values().stream().flatMap(List::stream).toList();
    }

    private static List<Integer> order(List<Item> rest, ToDoubleFunction<Item> score) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < rest.size(); i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> -score.applyAsDouble(rest.get(i)))); // stable
        return order;
    }

    /** As many labels of every site, turn by turn, whatever the model says of its images. */
    private static List<Integer> perGroup(List<Item> rest, int labels) {
        Map<String, List<Integer>> groups = new TreeMap<>();
        for (int i = 0; i < rest.size(); i++) {
            groups.computeIfAbsent(rest.get(i).site(), s -> new ArrayList<>()).add(i);
        }
        List<Integer> chosen = new ArrayList<>();
        for (int turn = 0; chosen.size() < labels; turn++) {
            for (List<Integer> group : groups.values()) {
                if (turn < group.size() && chosen.size() < labels) {
                    chosen.add(group.get(turn));
                }
            }
        }
        return chosen;
    }

    private static double uniform(String text) {
        return Long.parseLong(Digest.ofText(text).substring(0, 13), 16) / (double) (1L << 52);
    }

    // ---- yields

    private void yields(List<Draw> all) {
        List<String> methods = new ArrayList<>(all.get(0).orders.keySet());
        methods.addAll(all.get(0).chosen.keySet());
        System.out.printf("%-18s", "yield of labels");
        Arrays.stream(BUDGETS).forEach(b -> System.out.printf(Locale.ROOT, " %21.0f %%", 100 * b));
        System.out.println("   above least confidence, in standard errors");
        Map<String, double[][]> resampled = new HashMap<>();
        methods.forEach(method -> resampled.put(method, new double[BUDGETS.length][resamples]));
        SplittableRandom random = new SplittableRandom(1);
        for (int r = 0; r < resamples; r++) {
            Draw draw = all.get(r % all.size());
            int[] times = new int[draw.rest.size()];
            for (int i = 0; i < times.length; i++) {
                times[random.nextInt(times.length)]++;
            }
            for (String method : methods) {
                for (int b = 0; b < BUDGETS.length; b++) {
                    Objects.requireNonNull(resampled.get(method))[b][r] = yieldOf(draw, method, b, times);
                }
            }
        }
        double[][] base = Objects.requireNonNull(resampled.get(LEAST_CONFIDENCE));
        for (String method : methods) {
            System.out.printf("%-18s", method.toLowerCase(Locale.ROOT).replace('_', ' '));
            StringBuilder above = new StringBuilder();
            for (int b = 0; b < BUDGETS.length; b++) {
                int budget = b;
                double point = all.stream()
                        .mapToDouble(draw -> yieldOf(draw, method, budget, ones(draw.rest.size())))
                        .average()
                        .orElseThrow();
                double least = all.stream()
                        .mapToDouble(draw -> yieldOf(draw, LEAST_CONFIDENCE, budget, ones(draw.rest.size())))
                        .average()
                        .orElseThrow();
                double[] values = Objects.requireNonNull(resampled.get(method))[b];
                double[] sorted = values.clone();
                Arrays.sort(sorted);
                System.out.printf(
                        Locale.ROOT,
                        "  %5.1f (%5.1f to %5.1f)",
                        100 * point,
                        100 * sorted[(int) (0.025 * resamples)],
                        100 * sorted[(int) (0.975 * resamples)]);
                double error = deviation(values, base[b]);
                above.append(String.format(Locale.ROOT, " %+6.1f", error == 0 ? 0 : (point - least) / error));
            }
            System.out.println("  " + above);
        }
    }

    private static int[] ones(int size) {
        int[] ones = new int[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double deviation(double[] values, double[] others) {
        double mean = 0;
        for (int i = 0; i < values.length; i++) {
            mean += (values[i] - others[i]) / values.length;
        }
        double squares = 0;
        for (int i = 0; i < values.length; i++) {
            squares += Math.pow(values[i] - others[i] - mean, 2);
        }
        return Math.sqrt(squares / (values.length - 1));
    }

    /** Yield where every item is there as many times as told. */
    private static double yieldOf(Draw draw, String method, int budget, int[] times) {
        double all = 0;
        double wrong = 0;
        for (int i = 0; i < times.length; i++) {
            all += times[i];
            wrong += draw.rest.get(i).wrong() ? times[i] : 0;
        }
        double labels = Math.round(BUDGETS[budget] * all);
        List<Integer> order = draw.orders.get(method);
        double found = order == null
                ? foundInSet(draw, Objects.requireNonNull(draw.chosen.get(method)).get(budget), times, labels)
                : foundInOrder(draw, order, times, labels);
        double random = labels * wrong / all;
        return (found - random) / (Math.min(labels, wrong) - random);
    }

    private static double foundInOrder(Draw draw, List<Integer> order, int[] times, double labels) {
        double left = labels;
        double found = 0;
        for (int place : order) {
            double taken = Math.min(left, times[place]);
            found += draw.rest.get(place).wrong() ? taken : 0;
            left -= taken;
            if (left <= 0) {
                break;
            }
        }
        return found;
    }

    /** A set has no order to go on in, so its share of errors is taken for as many labels. */
    private static double foundInSet(Draw draw, List<Integer> set, int[] times, double labels) {
        double taken = 0;
        double found = 0;
        for (int place : set) {
            taken += times[place];
            found += draw.rest.get(place).wrong() ? times[place] : 0;
        }
        return found * labels / taken;
    }

    // ---- signals

    /** What a signal's labels find, and what the budget finds without it: the same labels go to the others. */
    private static void signals(List<Draw> all) {
        int budget = 1;
        System.out.printf(
                Locale.ROOT,
                "whole budget of %.0f %%: labels and errors by the signal charged; errors of the budget without it%n",
                100 * BUDGETS[budget]);
        Map<String, double[]> rows = new TreeMap<>();
        for (Draw draw : all) {
            Map<String, List<String>> spent = draw.budget.spend(draw.labels(budget), draw.auditShare, draw.weights);
            double found = errors(draw, together(spent));
            spent.forEach((signal, ids) -> {
                double[] row = rows.computeIfAbsent(signal, s -> new double[3]);
                row[0] += (double) ids.size() / all.size();
                row[1] += errors(draw, ids) / all.size();
                String name = Candidates.settingOf(signal);
                Map<String, Double> without = new TreeMap<>(draw.weights);
                without.computeIfPresent(name, (n, weight) -> 0.0);
                double other = signal.equals(Candidates.AUDIT)
                        ? errors(draw, together(draw.budget.spend(draw.labels(budget), 0, draw.weights)))
                        : errors(draw, together(draw.budget.spend(draw.labels(budget), draw.auditShare, without)));
                row[2] += (other - found) / all.size();
            });
        }
        rows.forEach((signal, row) -> {
            if (row[0] > 0) {
                System.out.printf(
                        Locale.ROOT,
                        "  %-15s %,7.0f labels %,7.0f errors  %5.2f labels an error   without it %+.0f errors%n",
                        signal,
                        row[0],
                        row[1],
                        row[1] == 0 ? Double.NaN : row[0] / row[1],
                        row[2]);
            }
        });
        for (double share : new double[] {0, 0.2, 0.4, 0.6, 0.8, 1}) {
            Map<String, Double> weights = Map.of(
                    "error-risk", share, "low-confidence", (1 - share) / 2, "boundary", (1 - share) / 2);
            StringBuilder line = new StringBuilder();
            for (int b = 0; b < BUDGETS.length; b++) {
                int at = b;
                line.append(String.format(
                        Locale.ROOT,
                        " %,9.0f",
                        all.stream()
                                .mapToDouble(draw ->
                                        errors(draw, together(draw.budget.spend(draw.labels(at), draw.auditShare, weights))))
                                .average()
                                .orElseThrow()));
            }
            System.out.printf(
                    Locale.ROOT, "  errors found with error-risk = %.1f, the rest halved: %s%n", share, line);
        }
    }

    private static double errors(Draw draw, List<String> ids) {
        return draw.places(ids).stream()
                .filter(place -> draw.rest.get(place).wrong())
                .count();
    }

    // ---- verified label errors

    /** Orders the reviewed disagreements of model and label by how likely the label is the one that is wrong. */
    private static void labelErrors(YieldLogs log, List<Draw> all) {
        Map<String, Double> confidence =
                log.items().stream().collect(Collectors.toMap(Item::id, Item::confidence));
        for (String outcome : List.of(YieldLogs.REJECTED, YieldLogs.NO_AGREEMENT)) {
            List<String> ids = log.reviews().entrySet().stream()
                    .filter(r -> r.getValue().equals(outcome) || r.getValue().equals(YieldLogs.CONFIRMED))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            Set<String> errors = new HashSet<>(ids);
            errors.removeIf(id -> !outcome.equals(log.reviews().get(id)));
            double sure = averagePrecision(ids, errors, confidence);
            double risk = all.stream()
                    .mapToDouble(draw -> averagePrecision(
                            ids,
                            errors,
                            ids.stream()
                                    .collect(Collectors.toMap(id -> id, id -> 1 - draw.risk.getOrDefault(id, 0.0)))))
                    .average()
                    .orElseThrow();
            double unsure = averagePrecision(
                    ids,
                    errors,
                    ids.stream().collect(Collectors.toMap(
                            id -> id, id -> -Objects.requireNonNull(confidence.get(id)))));
            System.out.printf(
                    Locale.ROOT,
                    "labels %s: %d of %d reviewed; average precision by least confidence %.3f, by most confidence %.3f, by"
                            + " least error risk %.3f, at random %.3f%n",
                    outcome,
                    errors.size(),
                    ids.size(),
                    unsure,
                    sure,
                    risk,
                    (double) errors.size() / ids.size());
        }
    }

    private static double averagePrecision(List<String> ids, Set<String> errors, Map<String, Double> scores) {
        List<String> order = new ArrayList<>(ids);
        order.sort(Comparator.comparing((String id) -> scores.get(id), Collections.reverseOrder())
                .thenComparing(id -> uniform("review|" + id)));
        double sum = 0;
        int found = 0;
        for (int i = 0; i < order.size(); i++) {
            if (errors.contains(order.get(i))) {
                sum += (double) ++found / (i + 1);
            }
        }
        return sum / errors.size();
    }
}
