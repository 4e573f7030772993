package dev.winnow.analysis;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.config.SampleSettings;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ObjectStores;
import dev.winnow.ports.ServiceException;
import dev.winnow.runtime.AliasedImages;
import dev.winnow.runtime.SchemeObjects;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Fetches images on executors, makes them safe to look at, and puts them beside each other by the hash of their content:
 * repeated, it puts the same bytes at the same places.
 */
public final class PrepareImages implements MapPartitionsFunction<Row, Row> {
    /** Images of one task; its rows are held until its store is closed. */
    static final int PER_TASK = 32;

    static final String NO_IMAGE = "No image is there";
    static final String NO_NAME = "The reference names no file and no object on S3";

    /** Perceptual hash as a number. */
    static final String HASH_BITS = "hash_bits";

    private static final long serialVersionUID = 1L;

    /** How the reason begins if the store let nobody read the image. */
    static final String REFUSED = "The store refuses the image: ";

    private final ObjectStores stores;
    private final Map<String, String> aliases;
    private final String folder;
    private final SampleSettings limits;

    /**
     * Creates the function.
     *
     * @param stores opened once per partition
     * @param aliases URI prefix to the prefix where images are read from
     * @param root absolute root of what analysis keeps, without a slash at the end; images go below it
     */
    public PrepareImages(ObjectStores stores, Map<String, String> aliases, String root, SampleSettings limits) {
        this.stores = stores;
        this.aliases = Map.copyOf(aliases);
        this.folder = root + "/images";
        this.limits = limits;
    }

    /** Returns the columns that come out: those that go in, and what became of the image. */
    static StructType schema(StructType in) {
        return in.add(ImageFindings.STATUS_REASON, StringType)
                .add(ImageFindings.IMAGE_HASH, StringType)
                .add(ImageFindings.FORMAT, StringType)
                .add(ImageFindings.WIDTH, IntegerType)
                .add(ImageFindings.HEIGHT, IntegerType)
                .add(ImageFindings.BRIGHTNESS, DoubleType)
                .add(ImageFindings.CONTRAST, DoubleType)
                .add(ImageFindings.SHARPNESS, DoubleType)
                .add(ImageFindings.SATURATION, DoubleType)
                .add(HASH_BITS, LongType);
    }

    /** Returns where the prepared image of a content lies. */
    String place(String hash) {
        return folder + "/" + hash + ".jpg";
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        List<Row> prepared = new ArrayList<>();
        try (ObjectStore objects = stores.open()) {
            AliasedImages images = new AliasedImages(objects, aliases);
            while (rows.hasNext()) {
                Row row = rows.next();
                prepared.add(with(row, looked(images.location(row.getAs(Inferences.IMAGE_URI)), objects)));
            }
        }
        return prepared.iterator();
    }

    private Object[] looked(String location, ObjectStore objects) {
        try {
            if (!SchemeObjects.isName(location)) {
                throw new UnreadableImageException(NO_NAME);
            }
            PreparedImage image = PreparedImage.of(read(location, objects), limits);
            String hash = image.hash();
            objects.put(place(hash), image.jpeg());
            ImageMeasures measures = image.measures();
            return new Object[] {
                null,
                hash,
                image.format().toString(),
                image.width(),
                image.height(),
                measures.brightness(),
                measures.contrast(),
                measures.sharpness(),
                measures.saturation(),
                measures.perceptualHash()
            };
        } catch (UnreadableImageException e) {
            return new Object[] {e.reason(), null, null, null, null, null, null, null, null, null};
        }
    }

    private byte[] read(String location, ObjectStore objects) throws UnreadableImageException {
        try {
            Optional<byte[]> file = objects.read(location, limits.maxBytes() + 1);
            return file.orElseThrow(() -> new UnreadableImageException(NO_IMAGE));
        } catch (ServiceException e) {
            if (e.retryable()) {
                throw e;
            }
            // An image that may not be read is a finding; labeling can do without Winnow seeing it.
            throw new UnreadableImageException(
                    REFUSED + String.valueOf(e.getMessage()).replace(location, "it"));
        }
    }

    private static Row with(Row row, Object[] more) {
        Object[] values = new Object[row.size() + more.length];
        for (int i = 0; i < row.size(); i++) {
            values[i] = row.get(i);
        }
        System.arraycopy(more, 0, values, row.size(), more.length);
        return RowFactory.create(values);
    }
}
