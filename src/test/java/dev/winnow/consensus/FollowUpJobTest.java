package dev.winnow.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.selection.Selections;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FailingObjects;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SelectionRows;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FollowUpJobTest {
    private static final LocalDate DAY = LocalDate.parse("2026-11-12");
    private static final String MORE = "use_case=dock/classification/one-more-answer.manifest.jsonl";
    private static final String EXPERT = "use_case=dock/classification/expert.manifest.jsonl";

    private final FakeTables tables = new FakeTables();
    private final MemoryObjects objects = new MemoryObjects();
    private final List<Row> labels = new ArrayList<>();
    private final List<Row> selections = new ArrayList<>();

    private void label(String item, String status, @Nullable String needs, int answers, double entropy) {
        labels.add(RowFactory.create(
                "p",
                "dock",
                item,
                "CLASSIFICATION",
                "secret-label",
                null,
                0.6,
                "MAJORITY",
                status,
                needs,
                answers,
                null,
                entropy,
                new Row[0]));
    }

    private void selected(String... items) {
        for (String item : items) {
            selections.add(SelectionRows.of(
                    item,
                    selections.size() + 1,
                    Map.of("run_date", DAY.minusDays(9), "round_id", "2026-11-03.1", "confidence", 0.9)));
        }
    }

    private Map<String, String> run(LocalDate day, String consensus) {
        return run(day, consensus, objects);
    }

    /** Files of the day by name. */
    private Map<String, String> run(LocalDate day, String consensus, ObjectStore store) {
        tables.replace(Labels.TABLE, tables.frame(Labels.TABLE, labels), Map.of(Labels.PIPELINE, "p"));
        tables.replace(Selections.TABLE, tables.frame(Selections.TABLE, selections), Map.of(Selections.PIPELINE, "p"));
        WinnowConfig config = Configs.of("consensus.default { " + consensus + " }");
        new FollowUpJob(config, tables, store, "/rounds", () -> {}).run(day);
        String prefix = "/rounds/p/follow-ups/" + day + "/";
        Map<String, String> files = new TreeMap<>();
        objects.list(prefix)
                .forEach(uri -> files.put(
                        uri.substring(prefix.length()),
                        objects.get(uri).orElseThrow().text()));
        return files;
    }

    @Test
    void aTextStandsInItsLineItself() {
        selected("open");
        label("open", Labels.OPEN, Labels.ONE_MORE, 1, 0.2);
        assertThat(run(DAY, "follow-ups = 2 }, labeling.tasks.dock { type = text-classification")
                        .get(MORE))
                .startsWith("{\"source\":\"s3://b/open.jpg\",\"item-id\":\"open\",");
    }

    @Test
    void openLabelsAreAskedAboutBlindlyMostUncertainFirstAndExpertsHaveTheirOwnQueue() {
        selected("sure", "low", "high", "many", "waits", "over");
        label("sure", Labels.AGREED, null, 3, 0);
        label("low", Labels.OPEN, Labels.ONE_MORE, 1, 0.2);
        label("high", Labels.TIED, Labels.ONE_MORE, 2, 0.7);
        label("over", Labels.OPEN, Labels.ONE_MORE, 2, 0.1);
        label("many", Labels.OPEN, Labels.EXPERT, 5, 0.6);
        label("waits", Labels.UNAPPROVED, Labels.EXPERT, 3, 0);
        label("nobody selected it", Labels.OPEN, Labels.ONE_MORE, 1, 0.9);
        Map<String, String> files = run(DAY, "follow-ups = 2");
        assertThat(files).containsOnlyKeys("follow-up.json", MORE, EXPERT);
        assertThat(files.get(MORE))
                .isEqualTo("{\"source-ref\":\"s3://b/high.jpg\",\"item-id\":\"high\",\"use-case\":\"dock\","
                        + "\"signal\":\"OPEN_LABEL\",\"asked-on\":\"2026-11-12\"}\n"
                        + "{\"source-ref\":\"s3://b/low.jpg\",\"item-id\":\"low\",\"use-case\":\"dock\","
                        + "\"signal\":\"OPEN_LABEL\",\"asked-on\":\"2026-11-12\"}\n");
        assertThat(files.get(EXPERT)).contains("s3://b/many.jpg", "s3://b/waits.jpg");
        assertThat(files.values()).noneMatch(text -> text.contains("secret"));
        assertThat(files.get("follow-up.json")).contains("\"workers-per-item\":1,\"lines\":2");
    }

    @Test
    void anItemIsAskedAboutAgainWhenAnAnswerCameOrDaysPassed() {
        selected("silent", "answered", "expert now");
        label("silent", Labels.OPEN, Labels.ONE_MORE, 2, 0.5);
        label("answered", Labels.OPEN, Labels.ONE_MORE, 2, 0.5);
        label("expert now", Labels.OPEN, Labels.ONE_MORE, 4, 0.5);
        run(DAY, "");
        labels.clear();
        label("silent", Labels.OPEN, Labels.ONE_MORE, 2, 0.5);
        label("answered", Labels.OPEN, Labels.ONE_MORE, 3, 0.5);
        label("expert now", Labels.OPEN, Labels.EXPERT, 5, 0.5);
        Map<String, String> next = run(DAY.plusDays(6), "follow-up-days = 7");
        assertThat(next.get(MORE)).contains("\"answered\"").doesNotContain("silent");
        assertThat(next.get(EXPERT)).contains("expert now");
        assertThat(run(DAY.plusDays(7), "follow-up-days = 7").get(MORE)).contains("silent");
    }

    @Test
    void aDayIsPublishedOnceAndAFailedPutLeavesNoList() {
        selected("a");
        label("a", Labels.OPEN, Labels.ONE_MORE, 1, 0.5);
        assertThatThrownBy(() -> run(DAY, "", new FailingObjects(objects, 2))).hasMessageContaining("write 2");
        assertThat(objects.list("/rounds")).noneMatch(uri -> uri.endsWith("follow-up.json"));
        Map<String, String> first = run(DAY, "");
        assertThat(first).containsOnlyKeys("follow-up.json", MORE);
        selected("b");
        label("b", Labels.OPEN, Labels.ONE_MORE, 1, 0.5);
        assertThat(run(DAY, "")).isEqualTo(first);
        assertThat(tables.read(FollowUps.TABLE).count()).isEqualTo(1);
    }

    @Test
    void whatWasNeverPublishedWasNotAskedAndALaterDatesRequestsCountForAnEarlierOne() {
        selected("a");
        label("a", Labels.OPEN, Labels.ONE_MORE, 1, 0.5);
        assertThatThrownBy(() -> run(DAY, "", new FailingObjects(objects, 1))).hasMessageContaining("write 1");
        assertThat(run(DAY.plusDays(1), "").get(MORE)).contains("\"a\"");
        assertThat(run(DAY.minusDays(1), "")).isEmpty();
    }

    @Test
    void withoutOpenLabelsOrAskingNothingIsPublished() {
        selected("a");
        label("a", Labels.OPEN, Labels.ONE_MORE, 1, 0.5);
        assertThat(run(DAY, "follow-ups = 0")).isEmpty();
        labels.clear();
        label("a", Labels.AGREED, null, 3, 0);
        assertThat(run(DAY, "")).isEmpty();
    }
}
