package dev.winnow.ports;

import dev.winnow.config.InputSettings;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Opens input tables as they are; mapping and contract come after it. */
public interface SourceReader {
    /**
     * A file that a frame reads.
     *
     * @param name path below the input's root, so that it is the same wherever the data lies
     * @param bytes length
     * @param modified milliseconds since the epoch; changes when the file is written again
     */
    record InputFile(String name, long bytes, long modified) {}

    /**
     * Opens the whole input, source columns as they are.
     *
     * @throws dev.winnow.tables.InputException if there is nothing at the place, or it can't be read as the format says
     */
    Dataset<Row> open(InputSettings input);

    /**
     * Opens the rows of some days: the partition filter, where the settings have one, is applied once for each day.
     *
     * @throws dev.winnow.config.ConfigException if the filter names no partition of the source, so that it would read
     *     every file
     */
    Dataset<Row> open(InputSettings input, Collection<LocalDate> days);

    /**
     * Returns whether all that the frame reads are files that {@link #files} lists. A table of another catalog format
     * may not say; then nobody can notice that rows were added to a day that was read before.
     */
    boolean listsFiles(Dataset<Row> rows);

    /** Returns the files that the frame's own filters leave to be read, sorted by name; reads no data. */
    List<InputFile> files(InputSettings input, Dataset<Row> rows);
}
