package dev.winnow.tables;

import static java.util.stream.Collectors.joining;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.types.StructField;

/** Writes the declared tables as a Markdown page for the people who query them. */
public final class DataDictionary {
    private DataDictionary() {}

    /** Returns the page, tables by name. */
    public static String markdown(List<TableDef> tables) {
        List<TableDef> sorted =
                tables.stream().sorted(Comparator.comparing(TableDef::name)).toList();
        return "# Tables\n\n"
                + "Generated from the declarations in code. Delta tables below the warehouse root, one folder each;"
                + " any reader of protocol version 1 reads them. Times are UTC.\n\n"
                + sorted.stream()
                        .map(table -> "- [" + table.name() + "](#" + table.name() + ")\n")
                        .collect(joining())
                + sorted.stream().map(DataDictionary::section).collect(joining());
    }

    private static String section(TableDef table) {
        StringBuilder page = new StringBuilder("\n## " + table.name() + "\n\n" + table.comment() + "\n\n");
        page.append("Partitioned by: ").append(names(table.partitionColumns())).append("  \n");
        page.append("Key: ").append(names(table.key())).append("\n\n");
        page.append("| Column | Type | Null | Meaning |\n| --- | --- | --- | --- |\n");
        for (StructField field : table.schema().fields()) {
            page.append("| `" + field.name() + "` | `" + field.dataType().simpleString() + "` | "
                    + (field.nullable() ? "yes" : "no") + " | "
                    + cell(field.getComment().getOrElse(() -> "")) + " |\n");
        }
        if (!table.checks().isEmpty()) {
            page.append("\nChecked on every write:\n\n");
            for (Map.Entry<String, String> check : new TreeMap<>(table.checks()).entrySet()) {
                page.append("- `" + check.getKey() + "`: `" + check.getValue() + "`\n");
            }
        }
        return page.toString();
    }

    private static String names(List<String> columns) {
        return columns.isEmpty()
                ? "none"
                : columns.stream().map(column -> "`" + column + "`").collect(joining(", "));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
