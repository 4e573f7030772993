package dev.winnow.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Stands in for the Glue Data Catalog: keeps the tables of one database. */
public final class GlueStandIn extends JsonService {
    private final String database;
    private final Map<String, ObjectNode> tables = new TreeMap<>();

    /** Starts a server with a database that holds no tables. */
    public GlueStandIn(String database) {
        super("glue/tables", "AWSGlue.", "InvalidInputException");
        this.database = database;
        start();
    }

    /** The table as the catalog holds it, to be looked at or changed. */
    public synchronized ObjectNode table(String name) {
        return tables.get(name);
    }

    /** Names of the tables that exist, sorted. */
    public synchronized List<String> names() {
        return List.copyOf(tables.keySet());
    }

    @Override
    String name(ObjectNode request) {
        JsonNode input = request.path("TableInput");
        return (input.isMissingNode() ? request : input).path("Name").asText();
    }

    @Override
    JsonNode answer(String operation, ObjectNode request) throws Refused {
        String name = name(request);
        boolean known = tables.containsKey(name);
        if (!request.path("DatabaseName").asText().equals(database)) {
            throw new Refused("EntityNotFoundException", "Database not found.");
        }
        if (operation.equals("CreateTable") == known) {
            throw known
                    ? new Refused("AlreadyExistsException", "Table already exists.")
                    : new Refused("EntityNotFoundException", "Entity Not Found");
        }
        if (operation.equals("GetTable")) {
            return JSON.createObjectNode().set("Table", tables.get(name));
        }
        tables.put(name, stored(request.path("TableInput"), tables.get(name)));
        return JSON.createObjectNode();
    }

    /** A table as it is given out: its input, and what the service adds. */
    private ObjectNode stored(JsonNode input, ObjectNode before) {
        ObjectNode table = input.deepCopy();
        if (!table.has("Retention")) {
            table.put("Retention", 0);
        }
        table.withArray("PartitionKeys");
        ObjectNode storage = (ObjectNode) table.path("StorageDescriptor");
        storage.path("Columns").forEach(column -> ((ObjectNode) column).putObject("Parameters"));
        storage.put("Compressed", false).put("NumberOfBuckets", 0).put("StoredAsSubDirectories", false);
        return table.put("DatabaseName", database)
                .put("CatalogId", "111122223333")
                .put("CreateTime", 1_790_000_000.5)
                .put("UpdateTime", 1_790_000_000.5)
                .put(
                        "VersionId",
                        before == null ? "0" : "" + (before.path("VersionId").asInt() + 1));
    }
}
