package dev.winnow.adapters.glue;

import dev.winnow.adapters.aws.AwsCalls;
import dev.winnow.adapters.aws.AwsClients;
import dev.winnow.ports.ServiceException;
import dev.winnow.ports.TableCatalog;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.services.glue.model.AlreadyExistsException;
import software.amazon.awssdk.services.glue.model.Column;
import software.amazon.awssdk.services.glue.model.ConcurrentModificationException;
import software.amazon.awssdk.services.glue.model.EntityNotFoundException;
import software.amazon.awssdk.services.glue.model.OperationTimeoutException;
import software.amazon.awssdk.services.glue.model.StorageDescriptor;
import software.amazon.awssdk.services.glue.model.Table;
import software.amazon.awssdk.services.glue.model.TableInput;

/**
 * External Delta tables in a database of the Glue Data Catalog, as Athena, Trino and Spark find them.
 *
 * <p>Engines read columns and files from the table's own log; the columns here are for people and for permissions. Partition
 * columns stand among the others, since no engine asks the catalog for partitions of a Delta table.
 */
public final class GlueCatalog implements TableCatalog {
    private static final AwsCalls CALLS = new AwsCalls(
            "Glue",
            "allow glue:GetTable, glue:CreateTable and glue:UpdateTable on the catalog, the database and its tables to the"
                    + " credentials of this process",
            Set.of(ConcurrentModificationException.class, OperationTimeoutException.class),
            Map.of(EntityNotFoundException.class, "create the database, or correct maintain.glue.database and region"));
    private static final int LONGEST_COMMENT = 255;
    private static final int LONGEST_DESCRIPTION = 2_048;

    private static final String EXTERNAL = "EXTERNAL_TABLE";
    private static final String FORMAT = "table_type";
    private static final String DELTA = "DELTA";

    /** What tells engines that the location holds a Delta table: the first for Athena and Trino, the last for Spark. */
    private static final Map<String, String> PROPERTIES = new TreeMap<>(Map.of(
            FORMAT, DELTA, "EXTERNAL", "TRUE", "classification", "delta", "spark.sql.sources.provider", "delta"));

    private final GlueClient client;
    private final String database;

    private GlueCatalog(GlueClient client, String database) {
        this.client = client;
        this.database = database;
    }

    /** Opens a client with the default chain's credentials; region and endpoint are empty for the default. */
    public static GlueCatalog open(String database, String region, String endpoint) {
        return open(
                database, region, endpoint, DefaultCredentialsProvider.builder().build());
    }

    static GlueCatalog open(String database, String region, String endpoint, AwsCredentialsProvider credentials) {
        return new GlueCatalog(
                AwsClients.open(
                        AwsClients.ofSmallCalls(GlueClient.builder(), credentials),
                        region,
                        endpoint,
                        "Glue",
                        "maintain.glue.region or s3.region"),
                database);
    }

    @Override
    public String name() {
        return "Glue database " + database;
    }

    @Override
    public Change register(Entry entry) {
        return CALLS.attempt("register table " + entry.name() + " in " + name(), () -> {
            Optional<Table> there = find(entry);
            if (there.isEmpty()) {
                try {
                    client.createTable(r -> r.databaseName(database).tableInput(created(entry)));
                    return Change.CREATED;
                } catch (
                        AlreadyExistsException e) { // by an attempt whose answer got lost, or by somebody else just now
                    there = find(entry);
                }
            }
            return there.isEmpty() ? Change.NONE : bringUpToDate(entry, there.get());
        });
    }

    private Optional<Table> find(Entry entry) {
        try {
            return Optional.of(client.getTable(r -> r.databaseName(database).name(entry.name()))
                    .table());
        } catch (EntityNotFoundException e) { // the table, or the database, which creating the table will tell
            return Optional.empty();
        }
    }

    private Change bringUpToDate(Entry entry, Table there) {
        requireSame(entry, there);
        TableInput asItIs = input(there);
        TableInput wanted = updated(entry, asItIs);
        if (wanted.equals(asItIs)) {
            return Change.NONE;
        }
        client.updateTable(r -> r.databaseName(database).tableInput(wanted));
        return Change.UPDATED;
    }

    /** A name that somebody else took must not be led to our table. */
    private void requireSame(Entry entry, Table there) {
        String format = there.hasParameters() ? there.parameters().getOrDefault(FORMAT, "") : "";
        StorageDescriptor storage = there.storageDescriptor();
        String location = storage == null || storage.location() == null ? "" : storage.location();
        if (!DELTA.equalsIgnoreCase(format)
                || !location.replaceFirst("^s3[an]:", "s3:")
                        .replaceAll("/+$", "")
                        .equals(entry.location())) {
            throw ServiceException.refused(
                    "Another table has the name " + entry.name() + " in " + name() + ": it is "
                            + (format.isEmpty() ? "no Delta table" : "a table of the format " + format) + " at "
                            + (location.isEmpty() ? "no location" : location)
                            + "; remove it or name another database in maintain.glue.database",
                    null);
        }
    }

    private static TableInput created(Entry entry) {
        return updated(
                entry,
                TableInput.builder()
                        .name(entry.name())
                        .storageDescriptor(StorageDescriptor.builder()
                                .inputFormat("org.apache.hadoop.mapred.SequenceFileInputFormat")
                                .outputFormat("org.apache.hadoop.hive.ql.io.HiveSequenceFileOutputFormat")
                                .serdeInfo(serde -> serde.serializationLibrary(
                                                "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe")
                                        .parameters(Map.of("serialization.format", "1", "path", entry.location())))
                                .build())
                        .build());
    }

    /** What an update says again, since it replaces all of the table. */
    private static TableInput input(Table table) {
        return TableInput.builder()
                .name(table.name())
                .description(table.description())
                .owner(table.owner())
                .lastAccessTime(table.lastAccessTime())
                .lastAnalyzedTime(table.lastAnalyzedTime())
                .retention(table.retention())
                .storageDescriptor(table.storageDescriptor())
                .partitionKeys(table.partitionKeys().isEmpty() ? null : table.partitionKeys())
                .tableType(table.tableType())
                .parameters(table.hasParameters() ? table.parameters() : Map.of())
                .build();
    }

    /** What is Winnow's to say of a table, over what is there. */
    private static TableInput updated(Entry entry, TableInput there) {
        Map<String, String> properties = new TreeMap<>(there.parameters());
        PROPERTIES.forEach((key, value) ->
                properties.merge(key, value, (stored, ours) -> stored.equalsIgnoreCase(ours) ? stored : ours));
        return there.toBuilder()
                .description(AwsClients.plain(entry.comment(), LONGEST_DESCRIPTION))
                .tableType(EXTERNAL)
                .parameters(properties)
                .partitionKeys((Collection<Column>) null)
                .storageDescriptor(there.storageDescriptor().toBuilder()
                        .location(entry.location())
                        .columns(columns(entry.schema(), there.storageDescriptor()))
                        .build())
                .build();
    }

    /** Those that are there, with all that the service adds to them, as long as they say the same. */
    private static List<Column> columns(StructType schema, StorageDescriptor there) {
        List<Column> ours =
                Arrays.stream(schema.fields()).map(GlueCatalog::column).toList();
        return said(there.columns()).equals(said(ours)) ? there.columns() : ours;
    }

    private static List<List<String>> said(List<Column> columns) {
        return columns.stream()
                .map(column -> List.of(column.name(), column.type(), Objects.requireNonNullElse(column.comment(), "")))
                .toList();
    }

    private static Column column(StructField field) {
        Column.Builder column =
                Column.builder().name(field.name()).type(field.dataType().catalogString());
        String comment = field.getComment().getOrElse(() -> "");
        return comment.isEmpty()
                ? column.build()
                : column.comment(AwsClients.plain(comment, LONGEST_COMMENT)).build();
    }

    @Override
    public void close() {
        client.close();
    }
}
