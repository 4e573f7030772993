package dev.winnow.bench;

import dev.winnow.bench.LearnData.Example;
import dev.winnow.bench.YieldLogs.Item;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.inputs.Inferences;
import dev.winnow.runtime.SparkSessions;
import dev.winnow.selection.WholeBudget;
import dev.winnow.stats.Digest;
import dev.winnow.stats.StudentT;
import dev.winnow.testing.Pipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Whether labels that Winnow chooses teach a model more than as many others.
 *
 * <p>Arguments: {@code --data FOLDER}, by default ../shared/data; {@code --seeds N}, by default 20; {@code --labels N}, by default
 * 400; {@code --only NAME} of a data set. For every seed a fixed model learns from 200 drawn examples of the first period and
 * predicts the others; 5 % of these are judged, as feedback would. {@code segments} and {@code candidates} run over its
 * predictions, the labels are chosen, and the model learns anew from the 200, the judged and the chosen. Its error is measured
 * on the whole next period, and in the segment of at least 100 examples there in which it errs most. Intervals are 95 %,
 * Student's t over seeds: another seed is another draw of the 200, the judged and the random ones, and another fleet.
 */
public final class LearnBenchmark {
    private static final LocalDate DAY = LocalDate.parse("2026-10-01");
    private static final int START = 200;
    private static final double JUDGED = 0.05;
    private static final int SEGMENT = 100;
    private static final double LEVEL = 0.95;
    private static final String NONE = "no more labels";
    private static final String RANDOM = "random";
    private static final String LEAST_CONFIDENCE = "least confidence";
    private static final String SIGNALS = "Winnow, signals alone";
    private static final String WHOLE = "Winnow, audit included";
    private static final String ALL = "all labels of the period";

    private final SparkSession spark;
    private final Path folder;
    private final int labels;

    private LearnBenchmark(SparkSession spark, Path folder, int labels) {
        this.spark = spark;
        this.folder = folder;
        this.labels = labels;
    }

    /** Teaches on both data sets. */
    public static void main(String[] args) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of("--data", "../shared/data", "--seeds", "20"));
        options.put("--labels", "400");
        for (int i = 0; i + 1 < args.length; i += 2) {
            options.put(args[i], args[i + 1]);
        }
        int seeds = Integer.parseInt(Objects.requireNonNull(options.get("--seeds")));
        Path data = Path.of(Objects.requireNonNull(options.get("--data")));
        Path folder = Files.createTempDirectory("learn");
        SparkSession spark = SparkSessions.withRequiredSettings(
                        SparkSession.builder().master("local[2]"))
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "2")
                .getOrCreate();
        try {
            LearnBenchmark benchmark = new LearnBenchmark(
                    spark, folder, Integer.parseInt(Objects.requireNonNull(options.get("--labels"))));
            for (String name : List.of("housing_california", "generated_fleet")) {
                if (options.getOrDefault("--only", name).equals(name)) {
                    benchmark.measure(name, data, seeds);
                }
            }
        } finally {
            spark.stop();
            FileUtils.deleteDirectory(folder.toFile());
        }
    }

    /** Errors on the next period, fractions. */
    private record Errors(double overall, double worst) {}

    private void measure(String name, Path data, int seeds) throws IOException {
        Map<String, List<Errors>> byMethod = new LinkedHashMap<>();
        for (int seed = 1; seed <= seeds; seed++) {
            LearnData learn =
                    name.equals("housing_california") ? LearnData.housing(data) : LearnData.fleet(spark, seed);
            if (seed == 1) {
                System.out.printf(
                        Locale.ROOT,
                        "%n%s: %,d examples to choose from, %,d in the next period; %d seeds, %d labels each%n",
                        name,
                        learn.pool().size(),
                        learn.next().size(),
                        seeds,
                        labels);
            }
            teach(learn, seed).forEach((method, errors) -> byMethod.computeIfAbsent(method, m -> new ArrayList<>())
                    .add(errors));
        }
        System.out.printf(
                "%-25s %22s %22s %26s %26s%n",
                "next period's error, %", "overall", "worst segment", "overall less random's", "worst less random's");
        List<Errors> random = Objects.requireNonNull(byMethod.get(RANDOM));
        byMethod.forEach((method, errors) -> {
            double[] overall = errors.stream().mapToDouble(Errors::overall).toArray();
            double[] worst = errors.stream().mapToDouble(Errors::worst).toArray();
            double[] overallLess = new double[seeds];
            double[] worstLess = new double[seeds];
            for (int i = 0; i < seeds; i++) {
                overallLess[i] = overall[i] - random.get(i).overall;
                worstLess[i] = worst[i] - random.get(i).worst;
            }
            System.out.printf(
                    "%-25s %22s %22s %26s %26s%n",
                    method,
                    shown(overall, "%.2f"),
                    shown(worst, "%.2f"),
                    method.equals(RANDOM) ? "" : shown(overallLess, "%+.2f"),
                    method.equals(RANDOM) ? "" : shown(worstLess, "%+.2f"));
        });
    }

    private static String shown(double[] values, String digits) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        double half = values.length < 2
                ? Double.NaN
                : StudentT.twoSided(LEVEL, values.length - 1.0) * Math.sqrt(squares / (values.length - 1) / values.length);
        return String.format(
                Locale.ROOT,
                digits + " (" + digits + " to " + digits + ")",
                100 * mean,
                100 * (mean - half),
                100 * (mean + half));
    }

    // ---- one seed

    private Map<String, Errors> teach(LearnData data, int seed) throws IOException {
        List<Example> drawn = new ArrayList<>(data.pool());
        drawn.sort(Comparator.comparing(example -> place(seed, example)));
        List<Example> known = new ArrayList<>(drawn.subList(0, START));
        List<Example> rest = drawn.subList(START, drawn.size());
        BoostedTrees model = fit(known);
        List<Example> judged = rest.subList(0, (int) Math.round(JUDGED * rest.size()));
        List<Example> free = rest.subList(judged.size(), rest.size());
        known.addAll(judged);
        Map<String, Set<String>> chosen = chosen(data, seed, model, rest, judged, free);
        Map<String, Errors> errors = new LinkedHashMap<>();
        chosen.forEach((method, ids) -> {
            List<Example> taught = new ArrayList<>(known);
            free.stream().filter(example -> ids.contains(example.id())).forEach(taught::add);
            if (!method.equals(NONE) && !method.equals(ALL) && taught.size() != known.size() + labels) {
                throw new IllegalStateException(
                        method + " chose " + (taught.size() - known.size()) + " labels in place of " + labels);
            }
            errors.put(method, errors(fit(taught), data.next()));
        });
        return errors;
    }

    private static String place(int seed, Example example) {
        return Digest.ofText(seed + "|" + example.id());
    }

    private static BoostedTrees fit(List<Example> examples) {
        boolean[] positive = new boolean[examples.size()];
        for (int i = 0; i < positive.length; i++) {
            positive[i] = examples.get(i).positive();
        }
        return BoostedTrees.fit(examples.stream().map(Example::features).toList(), positive);
    }

    /** Labels by method, as ids of free examples. */
    private Map<String, Set<String>> chosen(
            LearnData data,
            int seed,
            BoostedTrees model,
            List<Example> rest,
            List<Example> judged,
            List<Example> free)
            throws IOException {
        Map<String, Set<String>> chosen = new LinkedHashMap<>();
        chosen.put(NONE, Set.of());
        chosen.put(RANDOM, ids(free.subList(0, labels))); // in hash order
        Map<String, Double> confidence = new HashMap<>();
        List<Item> items = rest.stream()
                .map(example -> {
                    double probability = model.probability(example.features());
                    boolean positive = probability >= 0.5;
                    double sure = positive ? probability : 1 - probability;
                    confidence.put(example.id(), sure);
                    return new Item(
                            example.id(),
                            "m",
                            example.site(),
                            example.camera(),
                            example.values(),
                            positive ? "1" : "0",
                            sure,
                            positive != example.positive());
                })
                .toList();
        List<Example> unsure = new ArrayList<>(free);
        unsure.sort(Comparator.comparingDouble(example -> confidence.getOrDefault(example.id(), 1.0)));
        chosen.put(LEAST_CONFIDENCE, ids(unsure.subList(0, labels)));

        Path root = Files.createDirectories(folder.resolve(data.name().replace(' ', '-') + seed));
        Set<String> known = ids(judged);
        Pipeline pipeline =
                Pipeline.of(root, new YieldLogs(data.name(), data.dimensions(), items, Map.of()).write(root, known));
        pipeline.segments(DAY.minusDays(1));
        pipeline.segments(DAY);
        pipeline.candidates(DAY);
        List<Row> usable = pipeline.rows("candidates").collectAsList().stream()
                .filter(row -> !known.contains(row.<String>getAs(Inferences.INFERENCE_ID)))
                .toList();
        FileUtils.deleteDirectory(root.toFile());
        UseCaseSettings settings = pipeline.config().useCase(YieldLogs.USE_CASE);
        WholeBudget budget = new WholeBudget(usable, settings);
        chosen.put(SIGNALS, together(budget.spend(labels, 0, settings.signalWeights())));
        chosen.put(WHOLE, together(budget.spend(labels, settings.auditShare(), settings.signalWeights())));
        chosen.put(ALL, ids(free));
        return chosen;
    }

    private static Set<String> ids(List<Example> examples) {
        return examples.stream().map(Example::id).collect(Collectors.toSet());
    }

    private static Set<String> together(Map<String, List<String>> charged) {
        Set<String> ids = new HashSet<>();
        charged.values().forEach(ids::addAll);
        return ids;
    }

    private static Errors errors(BoostedTrees model, List<Example> next) {
        Map<String, long[]> bySegment = new TreeMap<>();
        long wrong = 0;
        for (Example example : next) {
            boolean error = (model.probability(example.features()) >= 0.5) != example.positive();
            long[] counts = bySegment.computeIfAbsent(example.segment(), s -> new long[2]);
            counts[0]++;
            counts[1] += error ? 1 : 0;
            wrong += error ? 1 : 0;
        }
        double worst = bySegment.values().stream()
                .filter(counts -> counts[0] >= SEGMENT)
                .mapToDouble(counts -> (double) counts[1] / counts[0])
                .max()
                .orElseThrow();
        return new Errors((double) wrong / next.size(), worst);
    }
}
