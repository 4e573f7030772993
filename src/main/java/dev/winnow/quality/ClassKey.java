package dev.winnow.quality;

import java.util.Comparator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** A class of a model version: neither a draw nor a proof holds for anything wider. */
record ClassKey(String useCase, String modelVersion, String label) implements Comparable<ClassKey> {
    /** Columns that hold it. */
    static final String[] COLUMNS = {LabelQa.USE_CASE, LabelQa.MODEL_VERSION, LabelQa.LABEL};

    private static final Comparator<ClassKey> ORDER = Comparator.comparing(ClassKey::useCase)
            .thenComparing(ClassKey::modelVersion)
            .thenComparing(ClassKey::label);

    static ClassKey of(Row row) {
        return new ClassKey(row.getAs(COLUMNS[0]), row.getAs(COLUMNS[1]), row.getAs(COLUMNS[2]));
    }

    /** The columns, to group by. */
    static Column[] columns() {
        return new Column[] {functions.col(COLUMNS[0]), functions.col(COLUMNS[1]), functions.col(COLUMNS[2])};
    }

    /** All classes of the model version. */
    ClassKey all() {
        return new ClassKey(useCase, modelVersion, LabelQa.ALL);
    }

    @Override
    public int compareTo(ClassKey other) {
        return ORDER.compare(this, other);
    }
}
