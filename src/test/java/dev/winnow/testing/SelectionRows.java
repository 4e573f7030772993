package dev.winnow.testing;

import dev.winnow.selection.Selections;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** Rows of {@link Selections} by the names of their columns: one that the table gains later is null in them. */
public final class SelectionRows {
    private SelectionRows() {}

    /** An item of pipeline {@code p} and use case {@code dock} that was chosen for BOUNDARY, but for columns that differ. */
    public static Row of(String item, int rank, Map<String, Object> differing) {
        Map<String, Object> values = new TreeMap<>(Map.ofEntries(
                Map.entry("pipeline", "p"),
                Map.entry("run_date", LocalDate.parse("2026-11-01")),
                Map.entry("round_id", "2026-11-01.1"),
                Map.entry("run_id", "run"),
                Map.entry("use_case", "dock"),
                Map.entry("signal", "BOUNDARY"),
                Map.entry("rank", rank),
                Map.entry("item_id", item),
                Map.entry("inference_id", "inference-" + item),
                Map.entry("image_uri", "s3://b/" + item + ".jpg"),
                Map.entry("captured_at", Instant.parse("2026-11-01T10:00:00Z")),
                Map.entry("site_id", "site"),
                Map.entry("camera_id", "camera"),
                Map.entry("model_version", "v1"),
                Map.entry("predicted_label", "secret-prediction"),
                Map.entry("confidence", 0.6),
                Map.entry("design", "PURPOSIVE"),
                Map.entry("reason", "because")));
        values.putAll(differing);
        values.putIfAbsent("signals", new String[] {(String) values.get("signal")});
        String[] columns = Selections.TABLE.schema().fieldNames();
        for (String named : values.keySet()) {
            if (Stream.of(columns).noneMatch(named::equals)) {
                throw new IllegalArgumentException("selections has no column " + named);
            }
        }
        return RowFactory.create(Stream.of(columns).map(values::get).toArray());
    }
}
