package dev.winnow.quality;

import java.util.Comparator;
import org.apache.spark.sql.Row;

/**
 * Items that may be counted together: what is known of some says nothing of others.
 *
 * @param useCase use case
 * @param modelVersion model version that gave the labels
 * @param source REVIEWS or BLIND_LABELS
 * @param design UNIFORM or PURPOSIVE
 */
record Population(String useCase, String modelVersion, String source, String design) implements Comparable<Population> {
    private static final Comparator<Population> ORDER = Comparator.comparing(Population::useCase)
            .thenComparing(Population::modelVersion)
            .thenComparing(Population::source)
            .thenComparing(Population::design);

    static Population of(Row row) {
        return new Population(
                row.getAs(LabelQa.USE_CASE),
                row.getAs(LabelQa.MODEL_VERSION),
                row.getAs(LabelQa.SOURCE),
                row.getAs(LabelQa.DESIGN));
    }

    @Override
    public int compareTo(Population other) {
        return ORDER.compare(this, other);
    }
}
