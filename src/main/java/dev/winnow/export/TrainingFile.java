package dev.winnow.export;

import java.io.Closeable;
import java.io.IOException;
import org.apache.spark.sql.Row;

/** One file of a training set, written item by item; whole once it is closed. */
interface TrainingFile extends Closeable {
    /** Adds an item; items come in the order of their ids. */
    void add(Row item) throws IOException;
}
