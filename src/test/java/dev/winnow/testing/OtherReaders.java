package dev.winnow.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.adapters.delta.DeltaTableStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Delta tables as delta-rs and DuckDB see them, and as Spark does. */
public final class OtherReaders {
    private static final Path SCRIPTS = Path.of("src/test/readers").toAbsolutePath();

    private final Python python;

    private OtherReaders(Python python) {
        this.python = python;
    }

    /** Installs them; the test is skipped where that can't be. */
    public static OtherReaders installed() {
        return new OtherReaders(Python.with(SCRIPTS.resolve("requirements.txt")));
    }

    /** What Spark sees in each table of a warehouse. */
    public static Map<String, TableSum> ofSpark(Path warehouse) {
        DeltaTableStore store = new DeltaTableStore(SparkExtension.session(), warehouse.toString(), () -> {});
        Map<String, TableSum> sums = new TreeMap<>();
        store.names().forEach(table -> sums.put(table, TableSum.of(store.readStored(table))));
        return sums;
    }

    /** What both see in each table of a warehouse, which must be the same, by the first version of the readers' protocol. */
    public Map<String, TableSum> sums(Path warehouse) {
        CommandLine.Finished read = python.run(
                warehouse, Map.of(), "python", SCRIPTS.resolve("read_tables.py").toString(), warehouse.toString());
        assertThat(read.exitCode()).as(read.output()).isZero();
        Map<String, TableSum> sums = new TreeMap<>();
        for (String line : read.output().lines().toList()) {
            JsonNode table = parsed(line);
            String name = table.path("table").asText();
            assertThat(table.path("reader").asInt()).as(name).isEqualTo(1);
            assertThat(table.path("duckdb")).as(name).isEqualTo(table.path("delta-rs"));
            sums.put(
                    name,
                    new TableSum(
                            table.at("/delta-rs/rows").asLong(),
                            table.at("/delta-rs/sum").asText()));
        }
        return sums;
    }

    private static JsonNode parsed(String line) {
        try {
            return new JsonMapper().readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }
}
