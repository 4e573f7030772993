package dev.winnow.consensus;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import dev.winnow.ports.TableStore;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Names as numbers from 0 in the order of the names, so that they are the same in every run. On the driver. */
final class Dictionary {
    private static final String NAME = "name";
    private static final String NUMBER = "number";

    private static final TableDef TABLE = TableDef.named("dictionary", "A name and its number. Never stored")
            .required(NAME, StringType, "Name")
            .required(NUMBER, IntegerType, "Number, from 0")
            .key(NAME)
            .build();

    private final List<String> names;

    Dictionary(Collection<String> names) {
        this.names = List.copyOf(new TreeSet<>(names));
    }

    List<String> names() {
        return names;
    }

    int size() {
        return names.size();
    }

    String name(int number) {
        return names.get(number);
    }

    /** Returns the number of a name that is there. */
    int number(String name) {
        return Collections.binarySearch(names, name);
    }

    /** Replaces a column of names by their numbers; a name that is not there becomes null. */
    Dataset<Row> encode(Dataset<Row> rows, String column, TableStore tables) {
        List<Row> entries = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            entries.add(RowFactory.create(names.get(i), i));
        }
        return rows.join(broadcast(tables.frame(TABLE, entries).toDF(column, NUMBER)), new String[] {column}, "left")
                .drop(column)
                .withColumnRenamed(NUMBER, column);
    }
}
