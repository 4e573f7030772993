package dev.winnow.bench;

import dev.winnow.generate.FleetSettings;
import dev.winnow.generate.FleetTruth;
import dev.winnow.stats.Digest;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Examples of two periods: a model learns from labels of the first and is measured on the next.
 *
 * @param dimensions names of {@link Example#values}
 */
record LearnData(String name, List<String> dimensions, List<Example> pool, List<Example> next) {
    private static final int POOL = 4_000;
    private static final int NEXT = 8_000;
    private static final int ROWS_PER_DAY = 60_000;
    private static final LocalDate FIRST = LocalDate.of(2026, 5, 1);

    /**
     * One example.
     *
     * @param values of the dimensions
     * @param features numbers that the model learns from
     * @param segment in which errors are counted apart
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Example(
            String id,
            String site,
            String camera,
            List<String> values,
            double[] features,
            boolean positive,
            String segment) {}

    /** Houses of California: whether a block is expensive; the reference period, then the one analyzed. */
    static LearnData housing(Path data) throws IOException {
        List<String[]> rows = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(new FileInputStream(data.resolve("housing_california/predictions.csv.gz")
                        .toFile())),
                StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rows.add(line.split(",", -1));
            }
        }
        double[] ages = quantiles(rows, 5, 6);
        double[] incomes = quantiles(rows, 6, 8);
        List<Example> pool = new ArrayList<>();
        List<Example> next = new ArrayList<>();
        for (String[] f : rows) {
            double[] features = IntStream.rangeClosed(3, 6)
                    .mapToDouble(column -> Double.parseDouble(f[column]))
                    .toArray();
            String degree = (int) Math.floor(features[0]) + "/" + (int) Math.floor(features[1]);
            Example example = new Example(
                    f[0],
                    degree,
                    degree,
                    List.of(bin(features[2], ages), bin(features[3], incomes)),
                    features,
                    f[9].equals("1"),
                    degree);
            (f[1].equals("reference") ? pool : next).add(example);
        }
        return new LearnData("housing_california", List.of("house_age", "median_income"), pool, next);
    }

    /**
     * Alarms of a generated fleet: whether one is false; a day and the one after it. Of the alarms that are right as many are
     * taken as there are false ones, because a model that calls none false would hardly err otherwise.
     */
    static LearnData fleet(SparkSession spark, long seed) {
        FleetSettings settings = new FleetSettings(
                seed, FIRST, 2, FIRST.plusDays(30), 40, 600, ROWS_PER_DAY, FleetSettings.Images.NONE, null);
        List<Row> alarms = FleetTruth.alarms(
                        spark.range(0, settings.inferences(), 1, 2), settings)
                .collectAsList();
        List<Row> first = balanced(alarms, FIRST, POOL);
        List<Row> second = balanced(alarms, FIRST.plusDays(1), NEXT);
        List<String> lightings = distinct(alarms, FleetTruth.LIGHTING);
        List<String> weathers = distinct(alarms, FleetTruth.WEATHER);
        List<String> classes = distinct(alarms, FleetTruth.PREDICTED_LABEL);
        List<String> types = distinct(alarms, FleetTruth.CAMERA_TYPE);
        Function<Row, Example> example = row -> {
            String label = row.getAs(FleetTruth.PREDICTED_LABEL);
            String lighting = row.getAs(FleetTruth.LIGHTING);
            String weather = row.getAs(FleetTruth.WEATHER);
            String type = row.getAs(FleetTruth.CAMERA_TYPE);
            double[] numbers = Stream.of(
                            FleetTruth.BRIGHTNESS, FleetTruth.DISTANCE_M, FleetTruth.OBJECT_SIZE, FleetTruth.CONFIDENCE)
                    .mapToDouble(name -> row.<Number>getAs(name).doubleValue())
                    .toArray();
            double[] features = Stream.of(
                            Arrays.stream(numbers),
                            hot(lighting, lightings),
                            hot(weather, weathers),
                            hot(label, classes),
                            hot(type, types))
                    .flatMapToDouble(part -> part)
                    .toArray();
            return new Example(
                    row.getAs(FleetTruth.INFERENCE_ID),
                    row.getAs(FleetTruth.SITE_ID),
                    row.getAs(FleetTruth.CAMERA_ID),
                    List.of(lighting, weather, label, type),
                    features,
                    row.<Boolean>getAs(FleetTruth.FALSE_ALARM),
                    label + ", " + lighting);
        };
        return new LearnData(
                "generated fleet",
                List.of("lighting", "weather", "alarm", "camera_type"),
                first.stream().map(example).toList(),
                second.stream().map(example).toList());
    }

    private static List<Row> balanced(List<Row> alarms, LocalDate day, int most) {
        List<Row> chosen = new ArrayList<>();
        for (boolean wrong : new boolean[] {false, true}) {
            alarms.stream()
                    .filter(row -> row.<Object>getAs(FleetTruth.EVENT_DATE).toString().equals(day.toString())
                            && row.<Boolean>getAs(FleetTruth.FALSE_ALARM) == wrong)
                    .sorted(Comparator.comparing(row -> Digest.ofText(row.getAs(FleetTruth.INFERENCE_ID))))
                    .limit(most / 2)
                    .forEach(chosen::add);
        }
        return chosen;
    }

    private static DoubleStream hot(String value, List<String> values) {
        return values.stream().mapToDouble(one -> one.equals(value) ? 1 : 0);
    }

    private static List<String> distinct(List<Row> rows, String column) {
        return rows.stream().map(row -> row.<String>getAs(column)).distinct().sorted().toList();
    }

    private static double[] quantiles(List<String[]> rows, int column, int bins) {
        double[] sorted =
                rows.stream().mapToDouble(f -> Double.parseDouble(f[column])).sorted().toArray();
        return IntStream.range(1, bins)
                .mapToDouble(i -> sorted[i * sorted.length / bins])
                .toArray();
    }

    private static String bin(double value, double[] edges) {
        return "q" + Arrays.stream(edges).filter(edge -> value >= edge).count();
    }
}
