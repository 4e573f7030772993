package dev.winnow.generate;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.testing.Datasets;
import dev.winnow.testing.SparkExtension;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
@ExtendWith(SparkExtension.class)
class GenerateFleetTest {
    private static final FleetSettings SETTINGS = FleetSettings.defaults();
    private static final long ROWS = SETTINGS.inferences();

    @ParameterizedTest
    @ValueSource(ints = {2, 7})
    void rowsDoNotDependOnPartitions(int partitions) {
        // From the evening of the first day to the morning of the second.
        Dataset<Row> once = GenerateFleet.inferences(rows(19_000, 21_000, 1), SETTINGS);
        Dataset<Row> again = GenerateFleet.inferences(rows(19_000, 21_000, partitions), SETTINGS);

        Datasets.assertSameRows(once, again);
        Datasets.assertSameRows(
                GenerateFleet.feedback(rows(0, 40_000, 1), SETTINGS),
                GenerateFleet.feedback(rows(0, 40_000, partitions), SETTINGS));
    }

    @Test
    void aDayAloneHasTheRowsItHasWithinTheMonth() {
        LocalDate day = SETTINGS.firstDay().plusDays(9);
        FleetSettings alone = new FleetSettings(
                SETTINGS.seed(),
                day,
                1,
                SETTINGS.rolloutDay(),
                SETTINGS.sites(),
                SETTINGS.cameras(),
                SETTINGS.inferencesPerDay(),
                FleetSettings.Images.NONE,
                null);
        long from = 9 * SETTINGS.inferencesPerDay();

        Datasets.assertSameRows(
                GenerateFleet.inferences(rows(from, from + 3_000, 2), SETTINGS),
                GenerateFleet.inferences(rows(0, 3_000, 3), alone));
    }

    @Test
    void anotherSeedIsAnotherFleet() {
        FleetSettings other = new FleetSettings(
                43,
                SETTINGS.firstDay(),
                SETTINGS.days(),
                SETTINGS.rolloutDay(),
                SETTINGS.sites(),
                SETTINGS.cameras(),
                SETTINGS.inferencesPerDay(),
                FleetSettings.Images.NONE,
                null);

        assertThat(GenerateFleet.inferences(rows(0, 100, 1), SETTINGS)
                        .intersect(GenerateFleet.inferences(rows(0, 100, 1), other))
                        .count())
                .isZero();
    }

    @Test
    void inferencesAreShapedLikeALog() {
        Dataset<Row> inferences = GenerateFleet.inferences(rows(0, ROWS, 2), SETTINGS);
        assertThat(inferences.columns()).containsExactlyElementsOf(FleetTables.INFERENCES);

        Column contract = expr("inference_id IS NOT NULL AND camera_id IS NOT NULL AND captured_at IS NOT NULL"
                + " AND (predicted_label IS NULL OR (NOT isnan(confidence) AND confidence BETWEEN 0 AND 1))");
        Row facts = inferences
                .agg(
                        count(lit(1)).as("rows"),
                        countDistinct("inference_id").as("ids"),
                        count_if(contract.equalTo(false)).as("broken"),
                        count_if(col("predicted_label").isNull()).as("silent"),
                        count_if(expr("predicted_label IS NULL AND confidence IS NOT NULL"))
                                .as("silent_but_confident"),
                        count_if(expr("to_date(captured_at) <> event_date")).as("wrong_day"),
                        count_if(expr("brightness NOT BETWEEN 0 AND 1 OR distance_m <= 0"
                                        + " OR object_size NOT BETWEEN 0 AND 1"))
                                .as("out_of_range"),
                        countDistinct("model_version").as("versions"))
                .first();

        assertThat(facts.<Long>getAs("rows")).isEqualTo(ROWS);
        assertThat(facts.<Long>getAs("ids")).isGreaterThan(ROWS - 60);
        assertThat(facts.<Long>getAs("broken") / (double) ROWS).isBetween(0.0001, 0.0003);
        assertThat(facts.<Long>getAs("silent") / (double) ROWS).isCloseTo(0.28, within(0.01));
        assertThat(facts.<Long>getAs("silent_but_confident")).isZero();
        assertThat(facts.<Long>getAs("wrong_day")).isZero();
        assertThat(facts.<Long>getAs("out_of_range")).isZero();
        assertThat(facts.<Long>getAs("versions")).isEqualTo(3);
    }

    @Test
    void framesComeInBurstsSecondsApart() {
        Row gaps = GenerateFleet.inferences(rows(0, SETTINGS.inferencesPerDay(), 1), SETTINGS)
                .selectExpr("unix_millis(captured_at) - lag(unix_millis(captured_at))"
                        + " OVER (PARTITION BY camera_id ORDER BY captured_at) AS gap")
                .agg(avg(expr("IF(gap BETWEEN 0 AND 10000, 1.0D, 0.0D)")).as("soon"))
                .first();

        assertThat(gaps.getDouble(0)).isGreaterThan(0.4);
    }

    @Test
    void plantedSegmentsAreWrongTwoToThreeTimesAsOften() {
        Dataset<Row> alarms = alarms().cache();
        try {
            Map<String, Double> lift = Arrays.stream(PlantedSegment.values())
                    .collect(Collectors.toMap(PlantedSegment::id, segment -> lift(alarms, segment)));

            assertThat(lift.get("fisheye_at_night")).isBetween(2.0, 3.5);
            assertThat(lift.get("fog")).isBetween(1.8, 3.0);
            assertThat(lift.get("new_model_animals")).isBetween(1.9, 3.1);
            assertThat(lift.get("long_lens")).isBetween(1.1, 2.2);
        } finally {
            alarms.unpersist();
        }
    }

    @Test
    void wrongAlarmsClusterInCameras() {
        List<Row> cameras = alarms().filter("weather <> 'fog' AND NOT (camera_type = 'fisheye' AND lighting = 'night')"
                        + " AND predicted_label <> 'animal' AND lens <> '12mm'")
                .groupBy("camera_id")
                .agg(count(lit(1)).as("n"), count_if(col("false_alarm")).as("wrong"))
                .collectAsList();

        assertThat(intraClassCorrelation(cameras)).isBetween(0.05, 0.15);
    }

    @Test
    void confidenceIsCalibratedInTheBulkAndTooHighInWeakSegments() {
        Dataset<Row> alarms = alarms().filter("confidence BETWEEN 0 AND 1").cache();
        try {
            String weak = Arrays.stream(PlantedSegment.values())
                    .map(segment -> "(" + segment.predicate() + ")")
                    .collect(Collectors.joining(" OR "));
            assertThat(overconfidence(alarms.filter("NOT (" + weak + ")"))).isBetween(-0.02, 0.03);
            assertThat(overconfidence(alarms.filter("weather = 'fog'"))).isGreaterThan(0.08);
            assertThat(meanConfidence(alarms.filter("NOT false_alarm")))
                    .isGreaterThan(meanConfidence(alarms.filter("false_alarm")) + 0.05);
        } finally {
            alarms.unpersist();
        }
    }

    @Test
    void someObjectsAreOverlooked() {
        double share = GenerateFleet.frames(rows(0, ROWS, 2), SETTINGS)
                .filter("predicted_label IS NULL")
                .agg(avg(expr("IF(true_label IS NULL, 0.0D, 1.0D)")))
                .first()
                .getDouble(0);

        assertThat(share).isBetween(0.025, 0.06);
    }

    @Test
    void truthNamesEverySegmentWithItsProbability() {
        Map<String, Row> truth = GenerateFleet.truth(rows(0, ROWS, 3), SETTINGS).collectAsList().stream()
                .collect(Collectors.toMap(row -> row.getAs("name"), Function.identity()));

        assertThat(truth).containsKeys("all_alarms", "person", "fire", "fisheye_at_night", "fog", "new_model_animals");
        for (Row row : truth.values()) {
            double probability = row.getAs("false_alarm_probability");
            assertThat(row.<Double>getAs("false_alarm_share")).isCloseTo(probability, within(0.04));
            if (row.getAs("name").equals("fog")) {
                assertThat(row.<Double>getAs("factor")).isEqualTo(2.3);
            }
            if (row.getAs("name").equals("person")) {
                assertThat(row.<Double>getAs("base_rate")).isEqualTo(0.10);
            }
        }
        Datasets.assertSameRows(
                GenerateFleet.truth(rows(0, 20_000, 1), SETTINGS), GenerateFleet.truth(rows(0, 20_000, 5), SETTINGS));
    }

    @Test
    void camerasAreUnevenAndEverySiteHasOne() {
        Dataset<Row> cameras = GenerateFleet.cameras(rows(0, SETTINGS.cameras(), 2), SETTINGS);

        Row facts = cameras.agg(
                        countDistinct("camera_id"),
                        countDistinct("site_id"),
                        countDistinct("camera_type"),
                        count_if(col("camera_type").equalTo("fisheye")))
                .first();
        assertThat(facts.getLong(0)).isEqualTo(SETTINGS.cameras());
        assertThat(facts.getLong(1)).isEqualTo(SETTINGS.sites());
        assertThat(facts.getLong(2)).isEqualTo(5);
        assertThat(facts.getLong(3)).isBetween(70L, 100L);
    }

    @Test
    void brokenSettingsAreNamedAllAtOnce() {
        LocalDate day = LocalDate.of(2026, 5, 1);
        assertThatThrownBy(() -> new FleetSettings(1, day, 0, day, 10, 5, 0, FleetSettings.Images.NONE, " "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "days must be at least 1, got 0; inferencesPerDay must be at least 1, got 0; cameras must be"
                                + " between the number of sites (10) and 1000000, got 5; imageRoot must name a local folder;"
                                + " leave it out for the output directory");
    }

    private static Dataset<Row> alarms() {
        return GenerateFleet.frames(rows(0, ROWS, 2), SETTINGS).filter("predicted_label IS NOT NULL");
    }

    /** How many times as often alarms are wrong in a segment as in the same classes elsewhere, weak segments aside. */
    private static double lift(Dataset<Row> alarms, PlantedSegment segment) {
        String others = Arrays.stream(PlantedSegment.values())
                .filter(other -> other != segment)
                .map(other -> "NOT (" + other.predicate() + ")")
                .collect(Collectors.joining(" AND "));
        String classes = segment == PlantedSegment.NEW_MODEL_ANIMALS ? " AND predicted_label = 'animal'" : "";
        Row rates = alarms.filter(others + classes)
                .agg(
                        avg(expr("IF(" + segment.predicate() + ", CAST(false_alarm AS DOUBLE), NULL)")),
                        avg(expr("IF(" + segment.predicate() + ", NULL, CAST(false_alarm AS DOUBLE))")))
                .first();
        return rates.getDouble(0) / rates.getDouble(1);
    }

    private static double overconfidence(Dataset<Row> alarms) {
        return alarms.agg(avg(expr("confidence - IF(false_alarm, 0.0D, 1.0D)")))
                .first()
                .getDouble(0);
    }

    private static double meanConfidence(Dataset<Row> alarms) {
        return alarms.agg(avg("confidence")).first().getDouble(0);
    }

    /** The analysis-of-variance estimator for groups of unequal size (Donner 1986). */
    private static double intraClassCorrelation(List<Row> cameras) {
        double n = 0;
        double wrong = 0;
        double squares = 0;
        double within = 0;
        for (Row camera : cameras) {
            double size = camera.<Long>getAs("n");
            double rate = camera.<Long>getAs("wrong") / size;
            n += size;
            wrong += camera.<Long>getAs("wrong");
            squares += size * size;
            within += size * rate * (1 - rate);
        }
        double mean = wrong / n;
        double between = 0;
        for (Row camera : cameras) {
            double size = camera.<Long>getAs("n");
            double difference = camera.<Long>getAs("wrong") / size - mean;
            between += size * difference * difference;
        }
        int groups = cameras.size();
        double meanSize = (n - squares / n) / (groups - 1);
        double betweenSquare = between / (groups - 1);
        double withinSquare = within / (n - groups);
        return (betweenSquare - withinSquare) / (betweenSquare + (meanSize - 1) * withinSquare);
    }

    private static Dataset<Long> rows(long from, long until, int partitions) {
        SparkSession spark = SparkExtension.session();
        return spark.range(from, until, 1, partitions);
    }
}
