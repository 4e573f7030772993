package dev.winnow.export;

import dev.winnow.answers.Answers;
import dev.winnow.consensus.Labels;
import dev.winnow.inputs.Inferences;
import dev.winnow.selection.Selections;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * A Parquet file with one row an item, written here and not by executors, so that its name and bytes depend on the rows
 * alone. Memory: one row group of {@link #ROW_GROUP} bytes.
 */
final class ParquetFile implements TrainingFile {
    private static final long ROW_GROUP = 32L << 20;
    private static final String CLASS_ID = "class_id";

    private static final MessageType SCHEMA = MessageTypeParser.parseMessageType("""
            message training_set {
              required binary use_case (STRING);
              required binary task (STRING);
              required binary split (STRING);
              required binary item_id (STRING);
              required binary image_uri (STRING);
              optional binary label (STRING);
              optional int32 class_id;
              optional binary answer (STRING);
              optional double confidence;
              optional double weight;
              required binary method (STRING);
              required int32 answers;
              required binary round_id (STRING);
              required binary signal (STRING);
              required binary site_id (STRING);
              required binary camera_id (STRING);
              required int64 captured_at (TIMESTAMP(MICROS,true));
              required binary model_version (STRING);
            }
            """);

    private final SimpleGroupFactory groups = new SimpleGroupFactory(SCHEMA);
    private final ParquetWriter<Group> writer;
    private final Classes classes;

    ParquetFile(Path file, Classes classes) throws IOException {
        this.classes = classes;
        Configuration hadoop = new Configuration();
        this.writer = ExampleParquetWriter.builder(
                        HadoopOutputFile.fromPath(new org.apache.hadoop.fs.Path(file.toUri()), hadoop))
                .withConf(hadoop)
                .withType(SCHEMA)
                .withRowGroupSize(ROW_GROUP)
                .withCompressionCodec(CompressionCodecName.SNAPPY)
                .build();
    }

    @Override
    public void add(Row item) throws IOException {
        Group group = groups.newGroup();
        for (String text : new String[] {
            Labels.USE_CASE,
            Labels.TASK,
            TrainingItems.SPLIT,
            Labels.ITEM_ID,
            Inferences.IMAGE_URI,
            Labels.LABEL,
            Labels.ANSWER,
            Labels.METHOD,
            Selections.ROUND_ID,
            Selections.SIGNAL,
            Inferences.SITE_ID,
            Inferences.CAMERA_ID,
            Inferences.MODEL_VERSION
        }) {
            String value = item.getAs(text);
            if (value != null) {
                group.append(text, value);
            }
        }
        if (Answers.CLASSIFICATION.equals(item.getAs(Labels.TASK))) {
            group.append(CLASS_ID, classes.ofLabel(item));
        }
        append(group, Labels.CONFIDENCE, item.getAs(Labels.CONFIDENCE));
        append(group, TrainingItems.WEIGHT, item.getAs(TrainingItems.WEIGHT));
        group.append(Labels.ANSWERS, item.<Integer>getAs(Labels.ANSWERS));
        Instant captured = item.getAs(Inferences.CAPTURED_AT);
        group.append(
                Inferences.CAPTURED_AT,
                TimeUnit.SECONDS.toMicros(captured.getEpochSecond())
                        + TimeUnit.NANOSECONDS.toMicros(captured.getNano()));
        writer.write(group);
    }

    private static void append(Group group, String column, @Nullable Double value) {
        if (value != null) {
            group.append(column, value);
        }
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }
}
