package dev.winnow.ports;

import java.time.Duration;

/** Keeps stored tables in few files and without old ones; the rows of a table stay as they are. */
public interface TableUpkeep {
    /**
     * What was done to a table.
     *
     * @param filesBefore files that held its rows
     * @param filesAfter files that hold them now
     * @param removedFiles old files that are gone from the store
     * @param removedBytes size of those
     */
    record Kept(long filesBefore, long filesAfter, long removedFiles, long removedBytes) {}

    /**
     * Merges small files and removes those that no version of the table needs that was the newest within the retention.
     * Repeating it changes nothing.
     *
     * @param tableName name of a table that exists
     * @param targetBytes size up to which files are merged
     * @param retention how long a file is kept after its rows went elsewhere; a reader that takes longer, or a look at an
     *     older version, then fails
     */
    Kept keep(String tableName, long targetBytes, Duration retention);
}
