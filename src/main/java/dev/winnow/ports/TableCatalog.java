package dev.winnow.ports;

import org.apache.spark.sql.types.StructType;

/** A catalog by which other engines find tables under a name. */
public interface TableCatalog extends AutoCloseable {
    /**
     * A table as it is stored.
     *
     * @param name its name, which is unique in the catalog's database
     * @param comment what it holds
     * @param location its root, {@code s3://...} without a slash at the end
     * @param schema all columns with their comments
     */
    record Entry(String name, String comment, String location, StructType schema) {}

    /** What it took to have the entry there. */
    enum Change {
        /** There was no such table. */
        CREATED,
        /** It was there and had other columns or properties. */
        UPDATED,
        /** It was there as it should be. */
        NONE
    }

    /**
     * Puts the entry in; what others noted beside it stays.
     *
     * @throws ServiceException if the catalog fails (retryable), or refuses or has another table of that name (not retryable)
     */
    Change register(Entry entry);

    /** The catalog and its database, for people. */
    String name();

    @Override
    void close();
}
