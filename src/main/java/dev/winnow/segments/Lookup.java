package dev.winnow.segments;

import static dev.winnow.inputs.Feedback.MISSED;
import static dev.winnow.inputs.Feedback.VERDICT;
import static dev.winnow.inputs.Inferences.CAMERA_ID;
import static dev.winnow.inputs.Inferences.CAPTURED_AT;
import static dev.winnow.inputs.Inferences.IMAGE_URI;
import static dev.winnow.inputs.Inferences.INFERENCE_ID;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.unix_timestamp;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.sketch.BloomFilter;
import org.jspecify.annotations.Nullable;

/**
 * Finds the few inferences that some feedback speaks of: by their id, else by their image, else by their camera near a
 * time.
 *
 * <p>A Bloom filter of what feedback names is asked for every inference while the day is counted anyway, so that
 * inferences are neither read again nor shuffled for the few that have feedback.
 */
final class Lookup {
    /** What feedback and inference are joined by. */
    static final String KEY = "lookup_key";

    /** How feedback names its inference: 0 by id, 1 by image, 2 by camera and time. */
    static final String PRIORITY = "priority";

    private static final double FALSE_MATCHES = 0.001;

    private final Dataset<Row> feedback;
    private final int frameSeconds;
    private final boolean byId;
    private final boolean byImage;
    private final boolean byCamera;
    private final @Nullable UserDefinedFunction inFilter;

    /**
     * Prepares the search; runs over the feedback twice, so it should be held in memory.
     *
     * @param feedback canonical feedback
     * @param frameSeconds how far a camera's nearest frame may be from feedback that names no image
     */
    Lookup(Dataset<Row> feedback, int frameSeconds) {
        this.feedback = feedback;
        this.frameSeconds = frameSeconds;
        Row named = feedback.agg(
                        count(col(INFERENCE_ID)), count(col(IMAGE_URI)), count(when(namesOnlyCamera(), lit(1))))
                .first();
        this.byId = named.getLong(0) > 0;
        this.byImage = named.getLong(1) > 0;
        this.byCamera = named.getLong(2) > 0;
        long keys = named.getLong(0) + named.getLong(1) + 3 * named.getLong(2);
        this.inFilter = keys > 0 ? bloomFilter(feedback(), keys) : null;
    }

    /** The feedback with one row per key it can be found by: {@link #KEY}, {@link #PRIORITY}. */
    Dataset<Row> feedback() {
        return feedback.withColumn("lookup", explode(feedbackKeys()))
                .select(col("*"), col("lookup.*"))
                .drop("lookup");
    }

    /** Whether feedback may speak of an inference: true for all it speaks of, and for one in a thousand others. */
    Column mayBeNamed() {
        Column any = lit(false);
        if (inFilter != null) {
            for (Column key : inferenceKeys()) {
                any = any.or(inFilter.apply(xxhash64(key)));
            }
        }
        return any;
    }

    /** Whether {@link #mayBeNamed} is the same for all inferences of one id. */
    boolean byIdOnly() {
        return !byImage && !byCamera;
    }

    /** Adds {@link #KEY} to inferences, one row per key that feedback can name. */
    Dataset<Row> keyed(Dataset<Row> inferences) {
        Column keys = inFilter == null
                ? lit(null).cast("array<string>")
                : array(inferenceKeys().toArray(Column[]::new));
        return inferences.withColumn(KEY, explode(keys));
    }

    private static Column namesOnlyCamera() {
        return col(VERDICT)
                .equalTo(MISSED)
                .and(col(CAMERA_ID).isNotNull())
                .and(col(CAPTURED_AT).isNotNull());
    }

    private Column feedbackKeys() {
        Column bucket = bucket(col(CAPTURED_AT));
        List<Column> keys = new ArrayList<>();
        keys.add(key(concat(lit("i|"), col(INFERENCE_ID)), 0));
        keys.add(key(concat(lit("u|"), col(IMAGE_URI)), 1));
        for (int shift = -1; shift <= 1; shift++) {
            Column near = concat(
                    lit("c|"), col(CAMERA_ID), lit("|"), bucket.plus(lit(shift)).cast("string"));
            keys.add(key(when(namesOnlyCamera(), near), 2));
        }
        return filter(array(keys.toArray(Column[]::new)), k -> k.getField(KEY).isNotNull());
    }

    private static Column key(Column value, int priority) {
        return struct(value.as(KEY), lit(priority).as(PRIORITY));
    }

    private List<Column> inferenceKeys() {
        List<Column> keys = new ArrayList<>();
        if (byId) {
            keys.add(concat(lit("i|"), col(INFERENCE_ID)));
        }
        if (byImage) {
            keys.add(concat(lit("u|"), col(IMAGE_URI)));
        }
        if (byCamera) {
            keys.add(concat(
                    lit("c|"),
                    col(CAMERA_ID),
                    lit("|"),
                    bucket(col(CAPTURED_AT)).cast("string")));
        }
        return keys;
    }

    private Column bucket(Column time) {
        return floor(unix_timestamp(time).divide(lit(frameSeconds)));
    }

    private static UserDefinedFunction bloomFilter(Dataset<Row> keyed, long keys) {
        BloomFilter filter = keyed.select(xxhash64(col(KEY)).as("hash"))
                .stat()
                .bloomFilter("hash", Math.max(1_000, keys), FALSE_MATCHES);
        return udf((UDF1<Long, Boolean>) filter::mightContainLong, DataTypes.BooleanType);
    }
}
