package dev.winnow.testing;

import dev.winnow.selection.PlantedItems;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of {@link PlantedItems}, of pipeline {@code p} and use case {@code dock}. */
public final class PlantedRows {
    private PlantedRows() {}

    /** Stores rows in place of all others. */
    public static void store(FakeTables tables, String... rows) {
        tables.replace(PlantedItems.TABLE, Frames.of(PlantedItems.TABLE, rows), Map.of(PlantedItems.PIPELINE, "p"));
    }

    /** An item whose answer is known. */
    public static String gold(String round, String item, String known, String label) {
        return row(round, "GOLD", item, known, label);
    }

    /** A question that is asked once more. */
    public static String repeat(String round, String item, String known) {
        return row(round, "REPEAT", item, known, null);
    }

    private static String row(String round, String kind, String item, String known, @Nullable String label) {
        return """
                {'pipeline':'p','run_date':'%s','round_id':'%s','run_id':'r','use_case':'dock','kind':'%s','item_id':'%s',\
                'known_item_id':'%s','image_uri':'s3://bucket/%s.jpg','site_id':'s','model_version':'old',\
                'predicted_label':'bag','confidence':0.7,%s'shown_signal':'BOUNDARY','shown_rank':1,'shown_score':0.75,\
                'shown_design':'PURPOSIVE','shown_model_version':'m','reason':'because'}""".formatted(
                        round.substring(0, 10),
                        round,
                        kind,
                        item,
                        known,
                        known,
                        label == null ? "" : "'label':'" + label + "',");
    }
}
