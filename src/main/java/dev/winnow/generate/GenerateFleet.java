package dev.winnow.generate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.date_from_unix_date;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.when;

import dev.winnow.generate.Frame.Defect;
import dev.winnow.generate.UseCase.ObjectClass;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a synthetic fleet, each a function of row numbers and settings alone: neither the partitioning nor the
 * machine nor which other rows are asked for changes a row.
 *
 * <p>Row numbers count from 0 through the days, {@link FleetSettings#inferencesPerDay()} to a day.
 */
public final class GenerateFleet {
    private static final double MILLION = 1e6;

    private GenerateFleet() {}

    /** Returns the inferences with the given row numbers, one frame each; about 0.02 % of them are broken on purpose. */
    public static Dataset<Row> inferences(Dataset<Long> rows, FleetSettings settings) {
        return frames(rows, settings)
                .select(FleetTables.INFERENCES.stream().map(name -> col(name)).toArray(Column[]::new));
    }

    /**
     * Returns the feedback on the frames with the given row numbers, whenever it arrived, late feedback and feedback
     * on unknown inferences included.
     */
    public static Dataset<Row> feedback(Dataset<Long> rows, FleetSettings settings) {
        Dataset<Row> reports = rows.mapPartitions(
                (MapPartitionsFunction<Long, Row>) numbers -> {
                    FrameModel model = new FrameModel(settings);
                    return stream(numbers)
                            .filter(number -> FeedbackModel.isPossible(model.hashOf(number)))
                            .flatMap(number -> FeedbackModel.on(model.at(number)).stream())
                            .map(GenerateFleet::feedbackRow)
                            .iterator();
                },
                Encoders.row(FleetTables.FEEDBACK));
        Column capturedAt = timestamp_micros(col(FleetTables.CAPTURED_AT));
        Column reportedAt = timestamp_micros(col(FleetTables.REPORTED_AT));
        return reports.select(
                col(FleetTables.FEEDBACK_ID),
                col(FleetTables.INFERENCE_ID),
                col(FleetTables.IMAGE_URI),
                col(FleetTables.CAMERA_ID),
                capturedAt.as(FleetTables.CAPTURED_AT),
                utcDate(FleetTables.CAPTURED_AT).as(FleetTables.EVENT_DATE),
                col(FleetTables.VERDICT),
                col(FleetTables.LABEL),
                col(FleetTables.CORRECTED_LABEL),
                reportedAt.as(FleetTables.REPORTED_AT),
                utcDate(FleetTables.REPORTED_AT).as(FleetTables.REPORTED_DATE),
                col(FleetTables.SOURCE));
    }

    /** Returns the cameras with the given numbers, which count from 0 to {@link FleetSettings#cameras()}. */
    public static Dataset<Row> cameras(Dataset<Long> numbers, FleetSettings settings) {
        return numbers.mapPartitions(
                (MapPartitionsFunction<Long, Row>) partition -> {
                    Camera[] cameras = Camera.all(settings);
                    return mapped(partition, number -> cameraRow(cameras[Math.toIntExact(number)]));
                },
                Encoders.row(FleetTables.CAMERAS));
    }

    /** Returns what the models were trained on, a row for each use case, class and light. */
    public static Dataset<Row> training(Dataset<Long> one) {
        return one.limit(1)
                .flatMap(
                        (FlatMapFunction<Long, Row>)
                                number -> TrainingCounts.rows().iterator(),
                        Encoders.row(FleetTables.TRAINING));
    }

    /**
     * Returns what was planted, as the frames with the given row numbers show it: one row for all alarms, one per class
     * and one per weak segment.
     *
     * <p>Columns: {@code kind} (ALL, CLASS or SEGMENT); {@code name}; {@code predicate}, SQL over inferences joined to
     * cameras; {@code factor}, how many times as often alarms are wrong there, null unless a segment; {@code base_rate},
     * the class's probability of a wrong alarm before cameras and segments, null unless a class;
     * {@code false_alarm_probability}, the mean probability with which the generator made the alarms wrong;
     * {@code false_alarm_share}, the share that is wrong; {@code alarms}, how many were looked at.
     */
    public static Dataset<Row> truth(Dataset<Long> rows, FleetSettings settings) {
        List<Planted> planted = new ArrayList<>();
        planted.add(new Planted("ALL", "all_alarms", "predicted_label IS NOT NULL", null, null));
        for (UseCase useCase : UseCase.ALL) {
            for (ObjectClass label : useCase.classes()) {
                String predicate = FleetTables.PREDICTED_LABEL + " = '" + label.name() + "'";
                planted.add(new Planted("CLASS", label.name(), predicate, null, label.baseRate()));
            }
        }
        for (PlantedSegment segment : PlantedSegment.values()) {
            planted.add(new Planted("SEGMENT", segment.id(), segment.predicate(), segment.factor(), null));
        }
        // Integers add up to the same in any order; doubles do not.
        Column millionths = col(FleetTables.FALSE_ALARM_PROBABILITY)
                .multiply(MILLION)
                .plus(0.5)
                .cast("long");
        List<Column> sums = new ArrayList<>();
        List<Column> structs = new ArrayList<>();
        for (int i = 0; i < planted.size(); i++) {
            Planted one = planted.get(i);
            Column holds = expr(one.predicate());
            sums.add(count(when(holds, 1)).as("alarms" + i));
            sums.add(coalesce(sum(when(holds, millionths)), lit(0L)).as("millionths" + i));
            sums.add(count(when(holds.and(col(FleetTables.FALSE_ALARM)), 1)).as("wrong" + i));
            structs.add(one.asStruct("alarms" + i, "millionths" + i, "wrong" + i));
        }
        return frames(rows, settings)
                .filter(col(FleetTables.PREDICTED_LABEL).isNotNull())
                .agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new))
                .select(inline(array(structs.toArray(Column[]::new))));
    }

    /** Returns the inferences together with what only the generator knows about them. */
    static Dataset<Row> frames(Dataset<Long> rows, FleetSettings settings) {
        return rows.mapPartitions(
                        (MapPartitionsFunction<Long, Row>) numbers -> {
                            FrameModel model = new FrameModel(settings);
                            return mapped(numbers, number -> frameRow(model.at(number)));
                        },
                        Encoders.row(FleetTables.FRAMES))
                .withColumn(FleetTables.CAPTURED_AT, timestamp_micros(col(FleetTables.CAPTURED_AT)))
                .withColumn(FleetTables.EVENT_DATE, date_from_unix_date(col(FleetTables.EVENT_DATE)));
    }

    private static Row frameRow(Frame frame) {
        Scene scene = frame.scene();
        Camera camera = scene.camera();
        Defect defect = frame.defect();
        ObjectClass predicted = frame.predicted();
        ObjectClass truth = frame.truth();
        return RowFactory.create(
                defect == Defect.NO_INFERENCE_ID ? null : frame.inferenceId(),
                FleetSettings.BUCKET + frame.imagePath(),
                defect == Defect.NO_TIME ? null : (Object) frame.capturedMicros(),
                (int) frame.epochDay(),
                camera.useCase().id(),
                scene.modelVersion(),
                camera.site().id(),
                defect == Defect.NO_CAMERA ? null : camera.id(),
                scene.lighting().id(),
                scene.weather(),
                frame.brightness(),
                scene.distanceMetres(),
                predicted == null ? null : (Object) frame.objectSize(),
                predicted == null ? null : predicted.name(),
                predicted == null ? null : (Object) loggedConfidence(frame),
                camera.type(),
                camera.lens(),
                truth == null ? null : truth.name(),
                frame.isFalseAlarm(),
                predicted == null ? null : (Object) frame.falseAlarmProbability());
    }

    private static double loggedConfidence(Frame frame) {
        return switch (frame.defect()) {
            case CONFIDENCE_NAN -> Double.NaN;
            case CONFIDENCE_ABOVE_ONE -> 1 + frame.confidence();
            case CONFIDENCE_NEGATIVE -> -1;
            default -> frame.confidence();
        };
    }

    private static Row feedbackRow(Report report) {
        return RowFactory.create(
                report.id(),
                report.inferenceId(),
                report.imageUri(),
                report.cameraId(),
                report.capturedMicros(),
                report.verdict().name(),
                report.label(),
                report.correctedLabel(),
                report.reportedMicros(),
                report.source());
    }

    private static Row cameraRow(Camera camera) {
        Site site = camera.site();
        return RowFactory.create(
                camera.id(),
                site.id(),
                camera.type(),
                site.zone().region(),
                camera.mount(),
                camera.firmware(),
                camera.lens(),
                camera.resolution(),
                site.zone().name());
    }

    /** The UTC day of a column of microseconds, whatever the session's time zone. */
    private static Column utcDate(String microsColumn) {
        return date_from_unix_date(expr("CAST(floor(" + microsColumn + " / 86400000000L) AS INT)"));
    }

    private static <A, B> Iterator<B> mapped(Iterator<A> items, Function<A, B> function) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return items.hasNext();
            }

            @Override
            public B next() {
                return function.apply(items.next());
            }
        };
    }

    private static <A> Stream<A> stream(Iterator<A> items) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(items, 0), false);
    }

    private record Planted(
            String kind,
            String name,
            String predicate,
            @Nullable Double factor,
            @Nullable Double baseRate) {
        Column asStruct(String alarms, String millionths, String wrong) {
            Column seen = when(col(alarms).gt(0), col(alarms));
            return struct(
                    lit(kind).as("kind"),
                    lit(name).as("name"),
                    lit(predicate).as("predicate"),
                    lit(factor).cast("double").as("factor"),
                    lit(baseRate).cast("double").as("base_rate"),
                    col(millionths).divide(seen).divide(MILLION).as(FleetTables.FALSE_ALARM_PROBABILITY),
                    col(wrong).divide(seen).as("false_alarm_share"),
                    col(alarms).as("alarms"));
        }
    }
}
