package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.tables.TableDef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Athena knows every declared table; {@code -Dgolden.update=true} writes its statements anew. */
class AthenaTablesTest {
    @Test
    void everyDeclaredTableIsRegistered() throws IOException {
        Path page = Path.of("jobs/sql/tables.sql");
        String current = statements(new AppWiring().declared());
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(page, current);
        }
        assertThat(page).content().isEqualTo(current);
    }

    /** Columns stand in the Delta log, from where Athena takes them, comments included. */
    private static String statements(List<TableDef> tables) {
        StringBuilder text = new StringBuilder("""
                -- Registers Winnow's tables in the Glue catalog, once, for Athena, Trino and Redshift Spectrum: columns come
                -- from the tables themselves. Run each statement after its table was first written; put the root of your
                -- warehouse in place of s3://WAREHOUSE, and your database in place of winnow.
                CREATE DATABASE IF NOT EXISTS winnow;
                """);
        tables.stream()
                .sorted(Comparator.comparing(TableDef::name))
                .forEach(table -> text.append("""

                        -- %s
                        CREATE EXTERNAL TABLE IF NOT EXISTS winnow.%s
                        LOCATION 's3://WAREHOUSE/%s/'
                        TBLPROPERTIES ('table_type' = 'DELTA');
                        """.formatted(table.comment(), table.name(), table.name())));
        return text.toString();
    }
}
