package dev.winnow.inputs;

import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.CAPTURED_AT;
import static dev.winnow.inputs.Inferences.CONFIDENCE;
import static dev.winnow.inputs.Inferences.EVENT_DATE;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static dev.winnow.inputs.Inferences.MODEL_VERSION;
import static dev.winnow.inputs.Inferences.PREDICTED_LABEL;
import static dev.winnow.inputs.Inferences.REJECT_REASON;
import static dev.winnow.inputs.Inferences.SITE_ID;
import static dev.winnow.inputs.Inferences.USE_CASE;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.hour;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;
import static org.apache.spark.sql.functions.when;

import dev.winnow.config.DimensionSettings;
import dev.winnow.config.InferenceSettings;
import dev.winnow.config.InferenceSettings.Uniqueness;
import dev.winnow.ports.SourceReader;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;

/** The inference log as canonical rows, each with the rule it breaks, if any. */
public final class InferenceLog {
    private final SourceReader sources;
    private final InferenceSettings settings;
    private final CameraTable cameras;

    /** Reads inferences as {@code settings} say; the camera table gives sites and zones the log lacks. */
    public InferenceLog(SourceReader sources, InferenceSettings settings, CameraTable cameras) {
        this.sources = sources;
        this.settings = settings;
        this.cameras = cameras;
    }

    /** Returns the names of the frame dimensions, sorted. */
    public List<String> dimensions() {
        return List.copyOf(settings.input().dimensions().keySet());
    }

    /** Returns the settings this log is read by. */
    public InferenceSettings settings() {
        return settings;
    }

    /** Returns whether the day's files can be listed, so that late ones are noticed. */
    public boolean listsFiles(LocalDate day) {
        return sources.listsFiles(source(List.of(day)));
    }

    /** Describes the files of one day; reads no data. */
    public DayInput day(LocalDate day) {
        return DayInput.of(sources.files(settings.input(), source(List.of(day))));
    }

    /**
     * Returns the rows of some days shaped like {@link Inferences}, frame dimensions behind, {@code reject_reason} last.
     * Rows whose event date can't be read are among them, rejected: of the folder's day where folders say it, else of
     * the day of {@code captured_at}; those that tell no day at all with every day, see {@link #undated}.
     */
    public Dataset<Row> days(Collection<LocalDate> days) {
        return binned(rows(days));
    }

    private Dataset<Row> rows(Collection<LocalDate> days) {
        return canonical(mapped(source(days), List.of()).filter(ofDays(days)), reason());
    }

    /** Rows of some days, and rows without a day that may be of them. */
    private Column ofDays(Collection<LocalDate> days) {
        Column noDate = col(EVENT_DATE)
                .isNull()
                .and(lit(settings.input().byDay())
                        .or(col(CAPTURED_AT).isNull())
                        .or(to_date(col(CAPTURED_AT)).isin(days.toArray())));
        return coalesce(col(EVENT_DATE).isin(days.toArray()).or(noDate), lit(false));
    }

    /**
     * Returns the rows of days that follow one another as {@link #days} does and, where folders say the day, also the
     * rows in their files that are of other days: their {@code reject_reason} is {@link Inferences#OTHER_DAY}, which is
     * no rule they break. {@link Inferences#COUNTS_FROM} and {@link Inferences#COUNTS_UNTIL} say on which days a row
     * counts, last columns: each as if its files were read alone.
     */
    public Dataset<Row> files(DayRange days) {
        boolean folders = settings.input().byDay();
        Column day = folders ? col(EVENT_DATE) : coalesce(col(EVENT_DATE), to_date(col(CAPTURED_AT)));
        Dataset<Row> mapped = mapped(FileDays.told(source(days.days()), settings.input(), days), FileDays.COLUMNS);
        Column own = FileDays.hold(day); // null: the row tells no day
        Dataset<Row> rows = folders
                ? canonical(mapped, when(not(own), Inferences.OTHER_DAY).otherwise(reason()))
                : canonical(mapped.filter(coalesce(own, lit(true))), reason());
        rows = rows.withColumn(Inferences.COUNTS_FROM, when(own, day).otherwise(col(FileDays.FIRST)))
                .withColumn(Inferences.COUNTS_UNTIL, when(own, day).otherwise(col(FileDays.LAST)));
        return binned(rows, Inferences.COUNTS_FROM, Inferences.COUNTS_UNTIL);
    }

    /** Returns a sentence for a person on {@code rows} of {@link Inferences#OTHER_DAY}. */
    public static String ofOtherDays(long rows, DayRange days) {
        return String.format(
                Locale.ROOT,
                "%,d rows in the files of %s are of other days and count there, if those days' files hold them: where"
                        + " folders are by local date, inputs.inferences.partition-filter must take in the days before"
                        + " and after",
                rows,
                days);
    }

    /** Counts the rows of which no day can be told; reads the whole input, so ask only if they decide something. */
    public Undated undated() {
        return settings.input().byDay()
                ? Undated.NONE
                : Undated.counted(mapped(sources.open(settings.input()), List.of()), noDay());
    }

    private static Column noDay() {
        return col(EVENT_DATE).isNull().and(col(CAPTURED_AT).isNull());
    }

    private Dataset<Row> canonical(Dataset<Row> mapped, Column reason) {
        Dataset<Row> rows = withSiteAndZone(
                        mapped.withColumn(CONFIDENCE, col(CONFIDENCE).divide(lit((double) settings.confidenceScale()))))
                .withColumn(REJECT_REASON, reason);
        return settings.uniqueness() == Uniqueness.CHECKED ? withoutRepeatedIds(rows) : rows;
    }

    private Dataset<Row> binned(Dataset<Row> rows, String... more) {
        return Intervals.named(rows, settings.input().dimensions(), this::unknown)
                .select(columns(more));
    }

    /** What the value of a dimension is called that can't be told. */
    private String unknown(String dimension) {
        return settings.isLocal(dimension) ? Inferences.UNKNOWN_VALUE : Inferences.NULL_VALUE;
    }

    /**
     * Returns the number that a binned dimension tells by its interval, for the rows of some days that keep the contract;
     * null where there is none.
     */
    Dataset<Row> numbers(Collection<LocalDate> days, String dimension) {
        return rows(days).filter(col(REJECT_REASON).isNull()).select(TableDef.dimensionColumn(dimension));
    }

    /** Returns the rows of some days that keep the contract. */
    public Dataset<Row> accepted(Collection<LocalDate> days) {
        return days(days).filter(col(REJECT_REASON).isNull()).drop(REJECT_REASON);
    }

    /** Returns the same rows with the further columns that the mapping sets, see {@link Inferences#FURTHER}, last. */
    public Dataset<Row> described(Collection<LocalDate> days) {
        return binned(rows(days), further()).filter(col(REJECT_REASON).isNull()).drop(REJECT_REASON);
    }

    private String[] further() {
        return Inferences.FURTHER.columns().stream().filter(settings::has).toArray(String[]::new);
    }

    private Dataset<Row> source(Collection<LocalDate> days) {
        return Mapping.ofDays(sources.open(settings.input(), days), settings.input(), EVENT_DATE, days);
    }

    private Dataset<Row> mapped(Dataset<Row> source, List<String> carried) {
        List<String> plain =
                dimensions().stream().filter(d -> !settings.isLocal(d)).toList();
        return Mapping.apply(
                source,
                settings.input(),
                Inferences.withFurther(List.of(further())),
                cameras.present() ? List.of(SITE_ID) : List.of(),
                carried,
                plain);
    }

    /** Joins the small camera table only where the log itself lacks what it holds. */
    private Dataset<Row> withSiteAndZone(Dataset<Row> rows) {
        List<String> local = dimensions().stream().filter(settings::isLocal).toList();
        Column zone = cameras.zone().map(text -> lit(text)).orElse(lit(null).cast(DataTypes.StringType));
        if (cameras.present()) {
            Dataset<Row> small = (local.isEmpty() ? cameras.cameras() : cameras.zoned())
                    .select(col(CAMERA_ID), col(SITE_ID).as("camera_site"), col(Cameras.TIME_ZONE));
            rows = rows.join(broadcast(small), new String[] {CAMERA_ID}, "left")
                    .withColumn(SITE_ID, coalesce(col(SITE_ID), col("camera_site"), lit(Inferences.UNKNOWN_VALUE)))
                    .withColumn(Cameras.TIME_ZONE, coalesce(col(Cameras.TIME_ZONE), zone));
        } else {
            rows = rows.withColumn(SITE_ID, coalesce(col(SITE_ID), lit(Inferences.NULL_VALUE)))
                    .withColumn(Cameras.TIME_ZONE, zone);
        }
        for (String dimension : local) {
            Column hour = hour(from_utc_timestamp(col(CAPTURED_AT), col(Cameras.TIME_ZONE)));
            rows = rows.withColumn(TableDef.dimensionColumn(dimension), localValue(dimension, hour));
        }
        return rows;
    }

    private Column localValue(String dimension, Column hour) {
        DimensionSettings configured = settings.input().dimensions().get(dimension);
        if (configured != null && configured.isBinned()) {
            return hour.cast("double");
        }
        return settings.is(dimension, InferenceSettings.LOCAL_HOUR)
                ? coalesce(hour.cast("string"), lit(Inferences.UNKNOWN_VALUE))
                : when(hour.isNull(), Inferences.UNKNOWN_VALUE)
                        .when(hour.lt(6), "night")
                        .when(hour.lt(12), "morning")
                        .when(hour.lt(18), "afternoon")
                        .otherwise("evening");
    }

    /** The first rule a row breaks, in this order; null if it keeps them all. */
    private static Column reason() {
        List<Column> reasons = new ArrayList<>();
        for (String required : List.of(INFERENCE_ID, CAMERA_ID, IMAGE_URI, USE_CASE, MODEL_VERSION)) {
            reasons.add(when(col(required).isNull(), required + "_null"));
        }
        String captured = Mapping.problem(CAPTURED_AT);
        reasons.add(when(col(captured).isNotNull(), concat(lit(CAPTURED_AT + "_"), col(captured))));
        reasons.add(when(col(CAPTURED_AT).isNull(), CAPTURED_AT + "_null"));
        String date = Mapping.problem(EVENT_DATE);
        reasons.add(when(col(date).isNotNull(), concat(lit(EVENT_DATE + "_"), col(date))));
        reasons.add(when(col(EVENT_DATE).isNull(), EVENT_DATE + "_null"));
        Column labeled = col(PREDICTED_LABEL).isNotNull();
        reasons.add(when(labeled.and(col(Mapping.problem(CONFIDENCE)).isNotNull()), CONFIDENCE + "_unparsable"));
        reasons.add(when(labeled.and(col(CONFIDENCE).isNull()), CONFIDENCE + "_null"));
        reasons.add(when(labeled.and(isnan(col(CONFIDENCE))), CONFIDENCE + "_nan"));
        reasons.add(when(labeled.and(not(col(CONFIDENCE).between(0, 1))), CONFIDENCE + "_out_of_range"));
        return coalesce(reasons.toArray(Column[]::new));
    }

    /** Keeps one row per id, the same one for any order of rows. */
    private Dataset<Row> withoutRepeatedIds(Dataset<Row> rows) {
        List<Column> content = new ArrayList<>();
        Inferences.TABLE.columns().forEach(name -> content.add(col(name)));
        dimensions().forEach(name -> content.add(col(TableDef.dimensionColumn(name))));
        Column order = row_number()
                .over(Window.partitionBy(col(EVENT_DATE), col(INFERENCE_ID))
                        .orderBy(
                                col(REJECT_REASON).asc_nulls_first(),
                                col(CAPTURED_AT),
                                struct(content.toArray(Column[]::new))));
        return rows.withColumn("copy", order)
                .withColumn(
                        REJECT_REASON,
                        coalesce(col(REJECT_REASON), when(col("copy").gt(1), INFERENCE_ID + "_repeated")));
    }

    private Column[] columns(String... more) {
        List<Column> columns = new ArrayList<>();
        Inferences.TABLE.columns().forEach(name -> columns.add(col(name)));
        dimensions().forEach(name -> columns.add(col(TableDef.dimensionColumn(name))));
        columns.add(col(REJECT_REASON));
        Stream.of(more).forEach(name -> columns.add(col(name)));
        return columns.toArray(Column[]::new);
    }
}
