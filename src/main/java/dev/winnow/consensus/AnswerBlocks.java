package dev.winnow.consensus;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;
import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.answers.Answers;
import dev.winnow.inputs.Inferences;
import dev.winnow.ports.TableStore;
import dev.winnow.stats.AnswerBlock;
import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;

/**
 * Answers of one use case, grouped by item once and cached in primitive arrays; each pass over them is one stage without
 * a shuffle, and brings back only what every block adds.
 *
 * <p>A block holds the items of one hash bucket in the order of their ids, and how many buckets there are depends on the
 * number of answers alone. So what a block adds, and the order of blocks, are the same for any number of partitions.
 */
final class AnswerBlocks implements AutoCloseable {
    /** Answers in a block, about; chosen by judgement: a megabyte, and work of a fraction of a second. */
    static final long ANSWERS_PER_BLOCK = 250_000;

    /** What is read of answers. */
    static final List<String> COLUMNS = List.of(
            Answers.ITEM_ID,
            Answers.KIND,
            Answers.WORKER_ID,
            Answers.LABEL,
            Answers.CONFIDENCE,
            Answers.GUIDELINE_VERSION,
            Answers.SUBMITTED_AT,
            Answers.SOURCE);

    private static final String NUMBER = "bucket";
    private static final String BLOCK = "block";
    private static final String VERSIONS = "versions";
    private static final String ITEMS = "items";
    private static final String PLANTED = "planted";
    private static final String GIVEN = "given";

    private static final StructType SCHEMA = new StructType()
            .add(NUMBER, IntegerType, false)
            .add(BLOCK, BinaryType, false)
            .add(VERSIONS, BinaryType, false)
            .add(ITEMS, createArrayType(StringType, false), false)
            .add(PLANTED, BinaryType, false);

    private static final StructType MADE =
            new StructType().add(NUMBER, IntegerType, false).add(BLOCK, BinaryType, false);

    private final Dataset<Row> blocks;

    private AnswerBlocks(Dataset<Row> blocks) {
        this.blocks = blocks;
    }

    /** One block with the names of its items and the guideline version of each answer, by number. */
    static final class Block {
        final AnswerBlock answers;
        private final byte[] versions;
        final List<String> items;
        private final byte[] planted;

        private Block(AnswerBlock answers, byte[] versions, List<String> items, byte[] planted) {
            this.answers = answers;
            this.versions = versions;
            this.items = items;
            this.planted = planted;
        }

        /** Whether an item's truth is known because people agreed on it when it was asked about before. */
        boolean planted(int item) {
            return planted[item] != 0;
        }

        int version(int place) {
            return versions[place];
        }
    }

    /**
     * Groups answers.
     *
     * @param answers of one use case, of workers and known truths, with {@link #COLUMNS} of {@link Answers}; rows of kind
     *     MACHINE are a model's predictions, at most one an item
     * @param units how many there are
     * @param allowRepeats whether all answers of a worker to an item count, or the latest alone
     * @param perBlock answers of a block, about
     */
    static AnswerBlocks of(
            Dataset<Row> answers,
            long units,
            Dictionary workers,
            Dictionary classes,
            Dictionary versions,
            boolean allowRepeats,
            long perBlock,
            TableStore tables) {
        int buckets = (int) Math.max(1, units / perBlock);
        Dataset<Row> rows = answers.select(
                col(Answers.ITEM_ID),
                col(Answers.KIND),
                col(Answers.WORKER_ID),
                col(Answers.LABEL),
                col(Answers.CONFIDENCE),
                coalesce(col(Answers.GUIDELINE_VERSION), lit(Inferences.UNKNOWN_VALUE))
                        .as(Answers.GUIDELINE_VERSION),
                coalesce(unix_micros(col(Answers.SUBMITTED_AT)), lit(Long.MIN_VALUE))
                        .as(GIVEN),
                PlantedAnswers.isTruth().as(PLANTED));
        rows = workers.encode(rows, Answers.WORKER_ID, tables);
        rows = classes.encode(rows, Answers.LABEL, tables);
        rows = versions.encode(rows, Answers.GUIDELINE_VERSION, tables);
        Grouping grouping = new Grouping(classes.size(), allowRepeats);
        Dataset<Row> grouped = rows.select(
                        pmod(xxhash64(col(Answers.ITEM_ID)), lit(buckets))
                                .cast(IntegerType)
                                .as(NUMBER),
                        col(Answers.ITEM_ID),
                        when(col(Answers.KIND).equalTo(Answers.MACHINE), Grouping.MODEL)
                                .when(col(PLANTED), Grouping.PLANTED_TRUTH)
                                .otherwise(coalesce(col(Answers.WORKER_ID), lit(Grouping.TRUTH)))
                                .as(Answers.WORKER_ID),
                        col(GIVEN),
                        col(Answers.LABEL),
                        col(Answers.GUIDELINE_VERSION),
                        col(Answers.CONFIDENCE))
                // A class that only the model names is none of the annotators'.
                .filter(col(Answers.LABEL).isNotNull())
                .repartition(buckets, col(NUMBER))
                .sortWithinPartitions(
                        NUMBER, Answers.ITEM_ID, Answers.WORKER_ID, GIVEN, Answers.LABEL, Answers.GUIDELINE_VERSION)
                .mapPartitions((MapPartitionsFunction<Row, Row>) grouping::blocks, Encoders.row(SCHEMA));
        return new AnswerBlocks(grouped.persist(StorageLevel.MEMORY_AND_DISK()));
    }

    /** Runs a pass over the blocks' answers alone; returns what it made of each, in the order of blocks. */
    List<byte[]> answers(Pass<AnswerBlock, byte[]> pass) {
        return inOrder(blocks.select(NUMBER, BLOCK)
                .map(
                        (MapFunction<Row, Row>)
                                row -> RowFactory.create(row.getInt(0), pass.apply(AnswerBlock.ofBytes(row.getAs(1)))),
                        Encoders.row(MADE)));
    }

    /** Runs a pass over whole blocks; returns what it made of each, in the order of blocks. */
    List<byte[]> whole(Pass<Block, byte[]> pass) {
        return inOrder(blocks.map(
                (MapFunction<Row, Row>) row -> RowFactory.create(row.getInt(0), pass.apply(block(row))),
                Encoders.row(MADE)));
    }

    /** Makes rows of every block. */
    Dataset<Row> rows(Pass<Block, Iterator<Row>> pass, StructType schema) {
        return blocks.flatMap((FlatMapFunction<Row, Row>) row -> pass.apply(block(row)), Encoders.row(schema));
    }

    /** A function of a block that travels to it. */
    interface Pass<A, B> extends Function<A, B>, Serializable {}

    private static Block block(Row row) {
        return new Block(AnswerBlock.ofBytes(row.getAs(1)), row.getAs(2), row.getList(3), row.getAs(4));
    }

    /** As many as there are buckets. */
    private static List<byte[]> inOrder(Dataset<Row> made) {
        return made.collectAsList().stream()
                .sorted(Comparator.comparing((Row row) -> row.getInt(0)))
                .map(row -> row.<byte[]>getAs(1))
                .toList();
    }

    @Override
    public void close() {
        blocks.unpersist();
    }

    /** Makes blocks of sorted rows: bucket, item, worker, time, label, version and confidence. */
    static final class Grouping implements Serializable {
        private static final long serialVersionUID = 1L;

        /** In place of a worker: the row is the truth of a planted item. It comes first, ... */
        static final int PLANTED_TRUTH = -3;

        /** ... a model's prediction next, ... */
        static final int MODEL = -2;

        /** ... and then the item's truth. */
        static final int TRUTH = -1;

        private final int classes;
        private final boolean allowRepeats;

        Grouping(int classes, boolean allowRepeats) {
            this.classes = classes;
            this.allowRepeats = allowRepeats;
        }

        Iterator<Row> blocks(Iterator<Row> rows) {
            return new Iterator<>() {
                private @Nullable Row next = rows.hasNext() ? rows.next() : null;

                @Override
                public boolean hasNext() {
                    return next != null;
                }

                @Override
                public Row next() {
                    int bucket = Objects.requireNonNull(next, "hasNext() was not asked")
                            .getInt(0);
                    AnswerBlock.Builder block = new AnswerBlock.Builder(classes);
                    ByteArrayOutputStream versions = new ByteArrayOutputStream();
                    List<String> items = new ArrayList<>();
                    ByteArrayOutputStream planted = new ByteArrayOutputStream();
                    while (next != null && next.getInt(0) == bucket) {
                        String item = next.getString(1);
                        int truth = AnswerBlock.NO_TRUTH;
                        int before = block.answers();
                        boolean isPlanted = false;
                        Row predicted = null;
                        while (next != null
                                && next.getInt(0) == bucket
                                && next.getString(1).equals(item)) {
                            Row row = next;
                            next = rows.hasNext() ? rows.next() : null;
                            if (row.getInt(2) == MODEL) {
                                predicted = row;
                            } else if (row.getInt(2) == TRUTH || row.getInt(2) == PLANTED_TRUTH) {
                                truth = row.getInt(4); // the latest one holds
                                isPlanted |= row.getInt(2) == PLANTED_TRUTH;
                            } else if (allowRepeats || !sameWorker(row, next)) {
                                block.answer(row.getInt(2), row.getInt(4));
                                versions.write(row.getInt(5));
                            }
                        }
                        if (block.answers() == before && truth == AnswerBlock.NO_TRUTH) {
                            continue; // nobody answered yet
                        }
                        if (predicted != null) {
                            block.prediction(predicted.getInt(4), predicted.getDouble(6));
                        }
                        block.item(truth);
                        items.add(item);
                        planted.write(isPlanted ? 1 : 0);
                    }
                    return RowFactory.create(
                            bucket,
                            block.build().toBytes(),
                            versions.toByteArray(),
                            items.toArray(String[]::new),
                            planted.toByteArray());
                }
            };
        }

        private static boolean sameWorker(Row row, @Nullable Row next) {
            return next != null
                    && row.getInt(0) == next.getInt(0)
                    && row.getInt(2) == next.getInt(2)
                    && row.getString(1).equals(next.getString(1));
        }
    }
}
