package dev.winnow.segments;

import dev.winnow.inputs.Inferences;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * On how many days of a window each camera was seen in each use case, by codes of a {@link Lattice}: what rates per
 * camera-day are held against. 4 bytes per camera and use case.
 */
public final class SeenDays implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Column of the days. */
    static final String DAYS = "days";

    /** Nobody asked. */
    public static final SeenDays UNKNOWN = new SeenDays(new int[0][]);

    private final int[][] days;

    private SeenDays(int[][] days) {
        this.days = days;
    }

    /**
     * Reads the days.
     *
     * @param rows {@code use_case}, {@code camera_id}, {@code days} (int); cameras that the lattice does not know have
     *     no cells and are left out
     */
    static SeenDays of(Lattice lattice, Iterator<Row> rows) {
        List<String> useCases = lattice.useCases();
        List<String> cameras = lattice.cameras();
        int[][] days = new int[useCases.size()][cameras.size()];
        while (rows.hasNext()) {
            Row row = rows.next();
            int useCase = Collections.binarySearch(useCases, row.<String>getAs(Inferences.USE_CASE));
            int camera = Collections.binarySearch(cameras, row.<String>getAs(Inferences.CAMERA_ID));
            if (useCase >= 0 && camera >= 0) {
                days[useCase][camera] = row.<Integer>getAs(DAYS);
            }
        }
        return new SeenDays(days);
    }

    /** Days of a camera; 0 where it is not known. */
    int days(int useCase, int camera) {
        return days.length == 0 ? 0 : days[useCase][camera];
    }
}
