package dev.winnow.analysis;

import static org.apache.spark.sql.types.DataTypes.DateType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.createArrayType;

import dev.winnow.analysis.ClassNeed.Action;
import dev.winnow.config.ImbalanceSettings;
import dev.winnow.tables.TableDef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** What to collect or to synthesize, so that classes that err are no longer thin. */
public final class CollectionRequests {
    public static final String PIPELINE = "pipeline";
    public static final String RUN_DATE = "run_date";
    public static final String RUN_ID = "run_id";
    public static final String USE_CASE = ClassImbalance.USE_CASE;
    public static final String PRIORITY = "priority";
    public static final String LABEL = ClassImbalance.LABEL;
    public static final String CONDITIONS = "conditions";
    public static final String HOW = "how";
    public static final String IMAGES = "images";
    public static final String FOUND = ClassImbalance.IMAGES_FOUND;
    public static final String NEED = ClassImbalance.NEED;
    public static final String WHY = "why";

    /** Images are there: label them. */
    public static final String COLLECT = "COLLECT";

    /** The window shows too few images: make them. */
    public static final String SYNTHESIZE = "SYNTHESIZE";

    /** The class is new: say what belongs to it, then label images. */
    public static final String DEFINE = "DEFINE";

    private static final Set<Action> ASKING = Set.of(Action.LABEL_MORE, Action.SYNTHETIC, Action.DEFINE_CLASS);

    /** The declaration. */
    public static final TableDef TABLE = TableDef.named(
                    "collection_requests", "Images of one class to collect or to synthesize")
            .required(PIPELINE, StringType, "Pipeline")
            .required(RUN_DATE, DateType, "Run date of the map that asks")
            .required(RUN_ID, StringType, "Run that made the row; the same work has the same id")
            .required(USE_CASE, StringType, "Use case")
            .required(PRIORITY, IntegerType, "1 comes first: by need, then by class and conditions")
            .required(LABEL, StringType, "Class")
            .required(
                    CONDITIONS,
                    createArrayType(StringType, false),
                    "Conditions, such as lighting=night, in which its errors are high, most errors beyond the rate elsewhere"
                            + " first; empty: in any")
            .required(HOW, StringType, "COLLECT: label images of the field; SYNTHESIZE; DEFINE: define the class first")
            .optional(
                    IMAGES,
                    LongType,
                    "Distinct images: as many as bring the effective number to analysis.imbalance.target times the median, at"
                            + " most max-images; null for a new class without a training set")
            .required(FOUND, LongType, "Estimate of the images of the class that the window showed")
            .optional(NEED, DoubleType, "Need score, as in class_imbalance; null where it is not known")
            .required(WHY, StringType, "What speaks for it, in plain words")
            .check("known_how", HOW + " IN ('COLLECT', 'SYNTHESIZE', 'DEFINE')")
            .check("positive", IMAGES + " IS NULL OR " + IMAGES + " > 0")
            .partitionedBy(PIPELINE, RUN_DATE)
            .key(PIPELINE, RUN_DATE, USE_CASE, PRIORITY)
            .build();

    private CollectionRequests() {}

    /**
     * Makes requests of needs: one for each class that is short as a whole, at any conditions in which its errors are high;
     * one for each condition in which a class is short that is not short as a whole.
     *
     * @param needs of one use case
     * @return rows by priority
     */
    static List<Row> rows(ClassImbalance.Common common, List<ClassNeed> needs, ImbalanceSettings settings) {
        Set<String> shortOfData = needs.stream()
                .filter(need -> need.at().isWhole() && asks(need))
                .map(need -> need.at().label())
                .collect(Collectors.toSet());
        List<ClassNeed> asking = needs.stream()
                .filter(CollectionRequests::asks)
                .filter(need ->
                        need.at().isWhole() || !shortOfData.contains(need.at().label()))
                .sorted(Comparator.comparingDouble((ClassNeed need) ->
                                need.need() == null ? 0 : -need.need().value())
                        .thenComparing(ClassNeed::at, ClassAt.ORDER))
                .toList();
        List<Row> rows = new ArrayList<>();
        for (ClassNeed need : asking) {
            rows.add(RowFactory.create(
                    common.pipeline(),
                    common.day(),
                    common.runId(),
                    common.useCase(),
                    rows.size() + 1,
                    need.at().label(),
                    conditions(need, needs).toArray(String[]::new),
                    how(need),
                    need.wanted(),
                    need.found(),
                    need.need() == null ? null : need.need().value(),
                    why(need, settings)));
        }
        return rows;
    }

    private static boolean asks(ClassNeed need) {
        Long wanted = need.wanted();
        return need.action() != null && ASKING.contains(need.action()) && (wanted == null || wanted > 0);
    }

    private static String how(ClassNeed need) {
        return need.action() == Action.DEFINE_CLASS ? DEFINE : need.action() == Action.SYNTHETIC ? SYNTHESIZE : COLLECT;
    }

    private static List<String> conditions(ClassNeed need, List<ClassNeed> needs) {
        if (!need.at().isWhole()) {
            return List.of(need.at().condition());
        }
        return needs.stream()
                .filter(other -> !other.at().isWhole()
                        && other.high()
                        && other.at().label().equals(need.at().label()))
                .sorted(Comparator.comparingDouble((ClassNeed other) -> -excess(other))
                        .thenComparing(ClassNeed::at, ClassAt.ORDER))
                .map(other -> other.at().condition())
                .toList();
    }

    /** Errors beyond the rate elsewhere. */
    private static double excess(ClassNeed need) {
        ClassErrors errors = need.errors();
        Double rest = errors == null ? null : errors.rest().rate();
        return errors == null || rest == null
                ? 0
                : errors.own().x() - errors.own().n() * rest;
    }

    private static String why(ClassNeed need, ImbalanceSettings settings) {
        String images = need.wanted() == null
                ? ""
                : String.format(
                        Locale.ROOT,
                        "; %,d distinct images bring it to %.0f %% of the median class%s",
                        need.wanted(),
                        100 * settings.target(),
                        need.wanted() == settings.maxImages() ? ", or as near as one request goes" : "");
        return NeedSentence.of(need)
                + images
                + String.format(Locale.ROOT, "; the window showed about %,d", need.found());
    }
}
