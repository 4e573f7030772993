package dev.winnow.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.date_sub;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.analysis.CollectionRequests;
import dev.winnow.outcomes.RoundOutcomes;
import dev.winnow.outcomes.SignalYields;
import dev.winnow.quality.ClassThresholds;
import dev.winnow.quality.LabelQa;
import dev.winnow.segments.SegmentChanges;
import dev.winnow.segments.SegmentFindings;
import dev.winnow.selection.SelectionCuts;
import dev.winnow.tables.TableDef;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.Frames;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The questions of {@code jobs/sql} over a tiny warehouse. They are written in what Athena's dialect and Spark's have in
 * common; {@code -Dgolden.update=true} writes their answers anew.
 */
@ExtendWith(SparkExtension.class)
class QuestionsTest {
    private static final Path QUESTIONS = Path.of("jobs/sql/questions");
    private static final Path ANSWERS = Path.of("src/test/resources/golden/questions");

    private static List<String> registered = List.of();

    @BeforeAll
    static void register(SparkSession spark) {
        FakeTables tables = ReportTables.with("night");
        put(
                tables,
                LabelQa.TABLE,
                "{'pipeline':'p','use_case':'gate','model_version':'m1','source':'REVIEWS','design':'UNIFORM','label':'person',"
                        + "'bucket':'[0.95, 1]','confidence_low':0.95,'confidence_high':1.0,'total':120,'confirmed':90,"
                        + "'disconfirmed':10,'split':0,'unreviewed':20,'cant_tell':0,'correct_share':0.9,'correct_low':0.825,"
                        + "'correct_high':0.944}");
        put(
                tables,
                ClassThresholds.TABLE,
                threshold("person", "PROVEN", "0.95", "0"),
                threshold("animal", "NONE", "null", "310"));
        put(
                tables,
                SignalYields.TABLE,
                signalYield("BOUNDARY", 0.2, null),
                signalYield("LOW_CONFIDENCE", 0.3, null),
                signalYield("BOUNDARY", 0.9, "2026-11-01.1"));
        put(
                tables,
                RoundOutcomes.TABLE,
                "{'pipeline':'p','run_date':'2026-11-07','run_id':'r','use_case':'gate','scope':'SEGMENT',"
                        + "'subject':'lighting=night','model_version':'m2','verdict':'IMPROVED','rate_before':0.25,'rate_after':"
                        + "0.125,'differential_change':-0.1,'differential_low':-0.15,'differential_high':-0.05,'sentence':'better'}");
        Stream.of(
                        SegmentFindings.TABLE,
                        SegmentChanges.TABLE,
                        CollectionRequests.TABLE,
                        SelectionCuts.TABLE,
                        SignalYields.TABLE,
                        RoundOutcomes.TABLE)
                .forEach(table -> besides(tables, table.name()));
        registered = tables.names();
        registered.forEach(name -> tables.readStored(name).createOrReplaceTempView(name));
    }

    /** The same of another pipeline, a day behind: what is newest of one is not the newest of all. */
    private static void besides(FakeTables tables, String name) {
        Dataset<Row> rows = tables.readStored(name);
        Map<String, Column> behind = new HashMap<>();
        behind.put("pipeline", lit("q"));
        behind.put("run_date", date_sub(col("run_date"), 1));
        if (List.of(rows.columns()).contains("round_id")) {
            behind.put("round_id", regexp_replace(col("round_id"), "11-07", "11-06"));
        }
        tables.with(name, rows.unionByName(rows.withColumns(behind)));
    }

    private static void put(FakeTables tables, TableDef table, String... rows) {
        tables.with(table.name(), Frames.of(table, rows));
    }

    private static String threshold(String label, String status, String threshold, String needed) {
        return "{'pipeline':'p','use_case':'gate','model_version':'m1','source':'REVIEWS','design':'UNIFORM','label':'"
                + label
                + "','walk':'PROVEN','status':'" + status + "','threshold':" + threshold
                + ",'reviewed':400,'wrong':12,'bound':0.055,'wrong_limit':0.0909,'needed_n':" + needed + "}";
    }

    private static String signalYield(String signal, double yield, @Nullable String round) {
        return "{'pipeline':'p','run_date':'2026-11-07','run_id':'r','use_case':'gate','round_id':"
                + (round == null ? "null" : "'" + round + "'") + ",'signal':'" + signal
                + "','selected':100,'labeled':90,'outstanding':10,'found':" + Math.round(90 * yield) + ",'yield':"
                + yield
                + ",'audit_yield':0.1,'lift':" + yield * 10
                + ",'minutes_per_found':2.5,'weight':0.5,'proposed_weight':0.45}";
    }

    @AfterAll
    static void forget(SparkSession spark) {
        registered.forEach(name -> spark.catalog().dropTempView(name));
    }

    static List<String> questions() {
        try (Stream<Path> files = Files.list(QUESTIONS)) {
            return files.map(file -> file.getFileName().toString().replace(".sql", ""))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("questions")
    void aQuestionHasItsAnswer(String question, SparkSession spark) throws IOException {
        String sql = Files.readString(QUESTIONS.resolve(question + ".sql"));
        assertThat(sql).startsWith("-- ").as("Athena knows no backticks").doesNotContain("`");

        List<String> rows = spark.sql(sql).toJSON().collectAsList();

        assertThat(rows).as("the tiny warehouse has an answer").isNotEmpty();
        String answer = String.join("\n", rows) + "\n";
        Path golden = ANSWERS.resolve(question + ".jsonl");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(ANSWERS);
            Files.writeString(golden, answer);
        }
        assertThat(golden).content().isEqualTo(answer);
    }

    @Test
    void thereIsAPageOfThem() throws IOException {
        String page = Files.readString(Path.of("jobs/README.md"));
        assertThat(questions()).hasSizeGreaterThanOrEqualTo(12).allMatch(page::contains);
    }
}
