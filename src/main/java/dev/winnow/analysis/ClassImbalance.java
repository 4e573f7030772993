package dev.winnow.analysis;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.analysis.ClassNeed.Field;
import dev.winnow.analysis.ClassNeed.Rates;
import dev.winnow.analysis.ClassNeed.Trained;
import dev.winnow.analysis.SeenShares.Seen;
import dev.winnow.inputs.Inferences;
import dev.winnow.segments.ExposureDaily;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The class-imbalance map: which classes are short of training data, and why it is thought so. */
public final class ClassImbalance {
    public static final String PIPELINE = "pipeline";
    public static final String RUN_DATE = "run_date";
    public static final String RUN_ID = "run_id";
    public static final String USE_CASE = Inferences.USE_CASE;
    public static final String LABEL = ExposureDaily.LABEL;
    public static final String DIMENSION = "dimension";
    public static final String VALUE = "dimension_value";
    public static final String KNOWN = "known";
    public static final String TRAINING_SAMPLES = "training_samples";
    public static final String TRAINING_BURSTS = "training_bursts";
    public static final String EFFECTIVE_NUMBER = "effective_number";
    public static final String EFFECTIVE_MEDIAN = "effective_number_median";
    public static final String SHARE_IN_TRAINING = "share_in_training";
    public static final String EFFECTIVE_SHARE = "effective_share_in_training";
    public static final String THIN = "thin";
    public static final String ALARMS = "alarms";
    public static final String WRONG = "wrong";
    public static final String CONFIRMED = "confirmed";
    public static final String MISSED = "missed";
    public static final String ERRORS = "errors";
    public static final String TRIALS = "trials";
    public static final String CAMERAS = "cameras";
    public static final String ERROR_RATE = "error_rate";
    public static final String ERROR_RATE_LOW = "error_rate_low";
    public static final String ERROR_RATE_HIGH = "error_rate_high";
    public static final String EFFECTIVE_TRIALS = "effective_trials";
    public static final String ERROR_RATE_SHRUNK = "error_rate_shrunk";
    public static final String ERROR_RATE_REST = "error_rate_rest";
    public static final String SHARE_OF_ERRORS = "share_of_errors";
    public static final String IMAGES_READ = "images_read";
    public static final String SEEN_IMAGES = "seen_images";
    public static final String SEEN_CAMERAS = "seen_cameras";
    public static final String SEEN_SHARE = "seen_share_of_errors";
    public static final String NAMED_IMAGES = "named_images";
    public static final String CHECKED_IMAGES = "checked_images";
    public static final String CALIBRATION = "calibration";
    public static final String PRESENT_SHARE = "present_share_of_errors";
    public static final String PRESENT_LOW = "present_share_low";
    public static final String PRESENT_HIGH = "present_share_high";
    public static final String AUDITED_IMAGES = "audited_images";
    public static final String SHARE_IN_FIELD = "share_in_field";
    public static final String SHARE_IN_FIELD_LOW = "share_in_field_low";
    public static final String SHARE_IN_FIELD_HIGH = "share_in_field_high";
    public static final String SHARE_IN_FIELD_REASON = "share_in_field_reason";
    public static final String DIVERGENCE = "divergence_bits";
    public static final String DIVERGENCE_OF = "divergence_of";
    public static final String NEED = "need";
    public static final String NEED_BASIS = "need_basis";
    public static final String NEED_SHARE = "need_share";
    public static final String NEED_ERROR_RATE = "need_error_rate";
    public static final String NEED_TRAINING_SHARE = "need_training_share";
    public static final String P_VALUE = "p_value";
    public static final String Q_VALUE = "q_value";
    public static final String ERRORS_HIGH = "errors_high";
    public static final String IMAGES_FOUND = "images_found";
    public static final String IMAGES_WANTED = "images_wanted";
    public static final String ACTION = "action";
    public static final String SYNONYMS = "synonyms_version";
    public static final String SENTENCE = "sentence";

    /** Actions of classes that are short of training data: every image of them that shows up is worth a label. */
    public static final List<String> THIN_ACTIONS =
            List.of(ClassNeed.Action.LABEL_MORE.name(), ClassNeed.Action.SYNTHETIC.name());

    private static final String ACTIONS =
            Arrays.stream(ClassNeed.Action.values()).map(Enum::name).collect(Collectors.joining(", "));

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "class_imbalance",
                    "What one class of a use case, as a whole or at one value of a dimension, lacks in training")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Last day of the window")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case")
            .required(LABEL, StringType, "Class")
            .optional(DIMENSION, StringType, "Dimension; null for the class as a whole")
            .optional(VALUE, StringType, "Its value; null where dimension is")
            .required(KNOWN, BooleanType, "Whether the model was trained on the class or can name it")
            .optional(
                    TRAINING_SAMPLES,
                    LongType,
                    "Labels in the training set; null where it is not known, or not told by this dimension, and for a class"
                            + " that is not known")
            .optional(TRAINING_BURSTS, LongType, "Distinct bursts among them; null where training_samples is")
            .optional(
                    EFFECTIVE_NUMBER,
                    DoubleType,
                    "(1 - beta^n) / (1 - beta) of the bursts; null where training_samples is")
            .optional(
                    EFFECTIVE_MEDIAN,
                    DoubleType,
                    "Median effective number of the classes, under a condition of all classes and values; null where"
                            + " training_samples is")
            .optional(SHARE_IN_TRAINING, DoubleType, "Share of the labels, fraction; null where training_samples is")
            .optional(
                    EFFECTIVE_SHARE,
                    DoubleType,
                    "Share of the effective numbers, fraction; null where training_samples is")
            .optional(
                    THIN,
                    BooleanType,
                    "Whether the effective number is below analysis.imbalance.thin times the median; null where"
                            + " training_samples is")
            .required(ALARMS, LongType, "Alarms of the class in the window")
            .required(WRONG, LongType, "Those of them marked wrong, relabeled ones included")
            .required(CONFIRMED, LongType, "Those of them confirmed")
            .required(MISSED, LongType, "Reported misses of the class")
            .required(ERRORS, LongType, "Alarms marked wrong and reported misses")
            .required(
                    TRIALS,
                    LongType,
                    "What errors are held against: judged alarms and misses, or all alarms and misses where the use case"
                            + " confirms too rarely")
            .required(CAMERAS, LongType, "Cameras with trials")
            .optional(ERROR_RATE, DoubleType, "Errors / trials, fraction; null without trials")
            .optional(ERROR_RATE_LOW, DoubleType, "Lower bound, cameras being clusters; null where error_rate is")
            .optional(ERROR_RATE_HIGH, DoubleType, "Upper bound; null where error_rate is")
            .optional(
                    EFFECTIVE_TRIALS,
                    DoubleType,
                    "Independent trials that would tell as much; null where error_rate is")
            .optional(
                    ERROR_RATE_SHRUNK,
                    DoubleType,
                    "Rate drawn to that of all classes, under a condition to that of the class; null where error_rate is")
            .optional(
                    ERROR_RATE_REST,
                    DoubleType,
                    "Rate of the other classes, under a condition of the class elsewhere; null without trials there")
            .optional(SHARE_OF_ERRORS, DoubleType, "Share of all marked errors, fraction; null where error_rate is")
            .optional(
                    IMAGES_READ,
                    LongType,
                    "Sampled misclassified images of the use case that a model answered on; null under a condition and"
                            + " for a class where none was sampled")
            .optional(SEEN_IMAGES, LongType, "Those on which it saw the class; null where images_read is")
            .optional(SEEN_CAMERAS, IntegerType, "Their cameras; null where images_read is")
            .optional(
                    SEEN_SHARE,
                    DoubleType,
                    "Share of the misclassified images, near-duplicates counted once, on which the model sees the class,"
                            + " weighted by 1 / inclusion probability, not corrected: a share of errors, not of the"
                            + " field; null where nothing is read")
            .optional(
                    NAMED_IMAGES,
                    LongType,
                    "Sampled images on which people named the class instead of the predicted one; null where images_read is")
            .optional(
                    CHECKED_IMAGES,
                    LongType,
                    "Images the model answered on, on which people checked the class; null where images_read is")
            .optional(
                    CALIBRATION,
                    StringType,
                    "OWN: corrected by people's answers on this class; POOLED: by the model's errors on all classes that"
                            + " people checked; UNCALIBRATED: not corrected; null where images_read is")
            .optional(
                    PRESENT_SHARE,
                    DoubleType,
                    "Share of the misclassified images that truly show the class, corrected; null while UNCALIBRATED")
            .optional(PRESENT_LOW, DoubleType, "Lower bound; null where present_share_of_errors is")
            .optional(PRESENT_HIGH, DoubleType, "Upper bound; null where present_share_of_errors is")
            .required(AUDITED_IMAGES, LongType, "Images of the use case drawn from all frames and labeled blind")
            .optional(
                    SHARE_IN_FIELD,
                    DoubleType,
                    "Share of what frames show that is of the class, from audited images alone, weighted by 1 / inclusion"
                            + " probability; null under a condition and without enough of them")
            .optional(SHARE_IN_FIELD_LOW, DoubleType, "Lower bound; null where share_in_field is")
            .optional(SHARE_IN_FIELD_HIGH, DoubleType, "Upper bound; null where share_in_field is")
            .optional(
                    SHARE_IN_FIELD_REASON,
                    StringType,
                    "Why there is no share in the field; null where there is, and under a condition")
            .optional(
                    DIVERGENCE,
                    DoubleType,
                    "f log2(f / t) in bits, t the share in training: what the class adds to the divergence; null under a"
                            + " condition, for a class that is not known and where either share is not")
            .optional(
                    DIVERGENCE_OF,
                    StringType,
                    "What f is: FIELD, the share in the field; ERRORS, the share of errors; null where divergence_bits is")
            .optional(
                    NEED,
                    DoubleType,
                    "need_share x need_error_rate / need_training_share: large when frequent, wrong and thin; null where"
                            + " one of them is not known")
            .optional(
                    NEED_BASIS,
                    StringType,
                    "Whose share need_share is: FIELD, ERRORS (share of marked errors) or SEEN (share of misclassified"
                            + " images, as much as is sure to be left when the model errs); null where need is")
            .optional(NEED_SHARE, DoubleType, "Fraction; null where need is")
            .optional(
                    NEED_ERROR_RATE,
                    DoubleType,
                    "With FIELD the shrunk error rate of the class, else the error rate of all classes: share in the field x"
                            + " rate of the class = share of errors x rate of all; null where need is")
            .optional(
                    NEED_TRAINING_SHARE,
                    DoubleType,
                    "Share of the effective numbers, of at least one sample; null where need is")
            .optional(
                    P_VALUE,
                    DoubleType,
                    "Of errors that are not high, cameras being clusters; null where too little is known; 0 for a new class"
                            + " that people named")
            .optional(
                    Q_VALUE,
                    DoubleType,
                    "Benjamini-Yekutieli over the classes, the new words, or the conditions of the use case; null where"
                            + " p_value is")
            .required(ERRORS_HIGH, BooleanType, "Whether q_value is at most analysis.imbalance.false-share")
            .required(
                    IMAGES_FOUND,
                    LongType,
                    "Estimate of the window's images of the class: by the audit where rows of the log are images, else right"
                            + " alarms and what was missed")
            .optional(
                    IMAGES_WANTED,
                    LongType,
                    "Distinct images that bring the effective number to analysis.imbalance.target times the median, at most"
                            + " max-images; null where the training set is not told so")
            .optional(
                    ACTION,
                    StringType,
                    ACTIONS
                            + "; null where the training set is not known, or not told by this dimension, and for a word where"
                            + " labels are not configured either")
            .required(SYNONYMS, StringType, "Version of the synonyms by which words became classes")
            .required(SENTENCE, StringType, "The row in plain words")
            .check("known_action", ACTION + " IS NULL OR " + ACTION + " IN ('" + ACTIONS.replace(", ", "', '") + "')")
            .check(
                    "shares_in_range",
                    "coalesce(" + SHARE_IN_FIELD + " BETWEEN 0 AND 1, true) AND coalesce(" + PRESENT_SHARE
                            + " BETWEEN 0 AND 1, true)")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, LABEL, DIMENSION, VALUE)
            .build();

    private ClassImbalance() {}

    /** What all rows of a use case have in common. */
    record Common(
            String pipeline, LocalDate day, String runId, String useCase, String synonyms, int audited, int least) {}

    /** A need as a row of the table. */
    static Row row(Common common, ClassNeed need, String sentence) {
        Trained trained = need.training();
        ClassErrors errors = need.errors();
        Rates rates = need.rates();
        Seen seen = need.seen();
        Field field = need.field();
        boolean whole = need.at().isWhole();
        String reason = common.audited() < common.least()
                ? common.audited() + " images were drawn from all frames and labeled blind; it takes " + common.least()
                : "nothing was found on the audited images";
        return RowFactory.create(
                common.pipeline(),
                common.day(),
                common.runId(),
                common.useCase(),
                need.at().label(),
                need.at().dimension(),
                need.at().value(),
                need.known(),
                trained == null ? null : trained.samples(),
                trained == null ? null : trained.bursts(),
                trained == null ? null : trained.effective(),
                trained == null ? null : trained.median(),
                trained == null ? null : trained.share(),
                trained == null ? null : trained.effectiveShare(),
                trained == null ? null : trained.thin(),
                errors == null ? 0L : errors.alarms(),
                errors == null ? 0L : errors.wrong(),
                errors == null ? 0L : errors.confirmed(),
                errors == null ? 0L : errors.missed(),
                errors == null ? 0L : errors.own().x(),
                errors == null ? 0L : errors.own().n(),
                errors == null ? 0L : errors.own().clusters(),
                rates == null ? null : rates.rate(),
                rates == null ? null : rates.bounds().low(),
                rates == null ? null : rates.bounds().high(),
                rates == null ? null : rates.trials(),
                rates == null ? null : rates.shrunk(),
                rates == null ? null : rates.ofRest(),
                rates == null ? null : rates.shareOfErrors(),
                seen == null ? null : seen.read(),
                seen == null ? null : seen.images(),
                seen == null ? null : seen.cameras(),
                seen == null ? null : seen.share(),
                seen == null ? null : seen.named(),
                seen == null ? null : seen.checked(),
                seen == null ? null : seen.calibration().name(),
                seen == null ? null : seen.present(),
                seen == null || seen.bounds() == null ? null : seen.bounds().low(),
                seen == null || seen.bounds() == null ? null : seen.bounds().high(),
                (long) common.audited(),
                field == null ? null : field.share(),
                field == null ? null : field.bounds().low(),
                field == null ? null : field.bounds().high(),
                field == null && whole ? reason : null,
                need.divergence(),
                need.divergenceOf(),
                need.need() == null ? null : need.need().value(),
                need.needBasis(),
                need.need() == null ? null : need.need().share(),
                need.need() == null ? null : need.need().errorRate(),
                need.need() == null ? null : need.need().trainingShare(),
                need.pValue(),
                need.qValue(),
                need.high(),
                need.found(),
                need.wanted(),
                need.action() == null ? null : need.action().name(),
                common.synonyms(),
                sentence);
    }
}
