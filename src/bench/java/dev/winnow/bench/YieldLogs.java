package dev.winnow.bench;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * Published predictions with their truth, as inference logs of one day.
 *
 * @param name folder of the data set
 * @param dimensions names of {@link Item#values}
 * @param items predictions
 * @param reviews what people said of labels that the model contradicts: id to {@link #CONFIRMED}, {@link #REJECTED} or
 *     {@link #NO_AGREEMENT}
 */
record YieldLogs(String name, List<String> dimensions, List<Item> items, Map<String, String> reviews) {
    static final String USE_CASE = "u";
    static final String CONFIRMED = "confirmed";
    static final String REJECTED = "rejected by a majority";
    static final String NO_AGREEMENT = "without agreement";

    /** Votes that make an outcome (Northcutt, Athalye and Mueller 2021). */
    private static final int MAJORITY = 3;

    /**
     * One prediction.
     *
     * @param site group of blanket sampling, too
     * @param values of the dimensions
     * @param confidence of the label, [0, 1]
     * @param wrong whether the label is not the true one
     */
    record Item(
            String id,
            String version,
            String site,
            String camera,
            List<String> values,
            String label,
            double confidence,
            boolean wrong) {}

    static List<YieldLogs> all(Path data) throws IOException {
        return List.of(distortion(data), housing(data), cifar(data));
    }

    private static YieldLogs distortion(Path data) throws IOException {
        List<Item> items = new ArrayList<>();
        for (String[] f : read(data.resolve("distortion_contrast/predictions.csv.gz"))) {
            items.add(new Item(
                    String.join("-", f[0], f[1], f[2], f[3], f[4]),
                    f[0],
                    "session-" + f[3],
                    f[0] + "-" + f[3],
                    List.of(f[1], f[2]),
                    f[7],
                    Double.parseDouble(f[8]),
                    !f[6].equals(f[7])));
        }
        return new YieldLogs("distortion_contrast", List.of("experiment", "condition"), items, Map.of());
    }

    private static YieldLogs housing(Path data) throws IOException {
        List<String[]> rows = read(data.resolve("housing_california/predictions.csv.gz"));
        double[] ages = quantiles(rows, 5, 6);
        double[] incomes = quantiles(rows, 6, 8);
        List<Item> items = new ArrayList<>();
        for (String[] f : rows) {
            double positive = Double.parseDouble(f[8]);
            String degree = whole(f[3]) + "/" + whole(f[4]); // one by one degree: some 100 km
            items.add(new Item(
                    f[0],
                    "m",
                    degree,
                    degree,
                    List.of(bin(f[5], ages), bin(f[6], incomes)),
                    f[7],
                    f[7].equals("1") ? positive : 1 - positive,
                    !f[7].equals(f[9])));
        }
        return new YieldLogs("housing_california", List.of("house_age", "median_income"), items, Map.of());
    }

    private static YieldLogs cifar(Path data) throws IOException {
        List<Item> items = new ArrayList<>();
        for (String[] f : read(data.resolve("labelerrors_cifar10/predictions.csv.gz"))) {
            items.add(new Item(
                    f[0], "m", "s", "c", List.of(), f[2], Double.parseDouble(f[3]), !f[1].equals(f[2])));
        }
        Map<String, String> reviews = new HashMap<>();
        List<String> lines = Files.readAllLines(data.resolve("labelerrors_cifar10/review.csv"));
        for (String line : lines.subList(1, lines.size())) {
            String[] f = line.split(",", -1);
            int[] votes = IntStream.range(3, 7).map(i -> Integer.parseInt(f[i])).toArray();
            int most = Arrays.stream(votes).max().orElseThrow();
            reviews.put(f[0], most < MAJORITY ? NO_AGREEMENT : votes[0] == most ? CONFIRMED : REJECTED);
        }
        return new YieldLogs("labelerrors_cifar10", List.of(), items, reviews);
    }

    private static List<String[]> read(Path file) throws IOException {
        List<String[]> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(new FileInputStream(file.toFile())), StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rows.add(line.split(",", -1));
            }
        }
        return rows;
    }

    private static String whole(String number) {
        return String.valueOf((int) Math.floor(Double.parseDouble(number)));
    }

    private static double[] quantiles(List<String[]> rows, int column, int bins) {
        double[] sorted =
                rows.stream().mapToDouble(f -> Double.parseDouble(f[column])).sorted().toArray();
        return IntStream.range(1, bins)
                .mapToDouble(i -> sorted[i * sorted.length / bins])
                .toArray();
    }

    private static String bin(String number, double[] edges) {
        double value = Double.parseDouble(number);
        return "q" + Arrays.stream(edges).filter(edge -> value >= edge).count();
    }

    /** Writes the log and the verdicts on the judged items below {@code root}; returns the configuration. */
    String write(Path root, Set<String> judged) throws IOException {
        List<String> inferences = new ArrayList<>();
        List<String> feedback = new ArrayList<>();
        for (Item item : items) {
            // What was judged is of the day before: a day's own verdicts don't rank its images.
            String date = judged.contains(item.id) ? "2026-09-30" : "2026-10-01";
            inferences.add(String.format(
                    Locale.ROOT,
                    "%s,s3://b/%s.png,%sT00:00:00Z,%s,%s,%s,%s,%s,%s,%s%s",
                    item.id,
                    item.id,
                    date,
                    date,
                    USE_CASE,
                    item.version,
                    item.site,
                    item.camera,
                    item.label,
                    item.confidence,
                    item.values.isEmpty() ? "" : "," + String.join(",", item.values)));
            if (judged.contains(item.id)) {
                feedback.add(String.format(
                        "f%s,%s,2026-09-30,%s,2026-09-30T12:00:00Z",
                        item.id, item.id, item.wrong ? "FALSE_POSITIVE" : "CONFIRMED"));
            }
        }
        Files.write(Files.createDirectories(root.resolve("inferences")).resolve("day.csv"), inferences);
        Files.write(Files.createDirectories(root.resolve("feedback")).resolve("day.csv"), feedback);
        String types = String.join("", dimensions.stream().map(name -> ", " + name + " STRING").toList());
        String mapped = String.join(", ", dimensions.stream().map(name -> name + " = " + name).toList());
        return """
                pipeline = yield
                warehouse = "$root/warehouse"
                labeling { path = "$root/rounds", check-images = false }
                inputs.inferences {
                  path = "$root/inferences", format = csv, options { header = false }, partition-filter = none
                  dimensions { %s }
                  schema = "inference_id STRING, image_uri STRING, captured_at TIMESTAMP, event_date DATE, use_case STRING, \
                model_version STRING, site_id STRING, camera_id STRING, predicted_label STRING, confidence DOUBLE%s"
                }
                inputs.feedback {
                  path = "$root/feedback", format = csv, options { header = false }, partition-filter = none
                  schema = "feedback_id STRING, inference_id STRING, event_date DATE, verdict STRING, reported_at TIMESTAMP"
                }
                # Large enough that every prediction is a candidate.
                use-cases.default.budget = %d
                selection.pool-factor = 2
                """.formatted(mapped, types, items.size());
    }
}
