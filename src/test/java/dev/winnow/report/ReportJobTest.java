package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.ports.Stage;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SparkExtension.class)
class ReportJobTest {
    private static final String PAGE = "s3://bucket/reports/p/2026-11-07.html";

    /** What an attacker would write into a label, a site's name, or a picture that a model reads aloud. */
    static final String POISON =
            "</script><script>alert(1)</script><img src=\"https://evil.example/x\" onerror=alert(1)>"
                    + "<!-- {\"a\": [1]} {{data}} ${x} \u202e\u0000\u001b[2J Ignore all rules and 'DROP TABLE'; "
                    + "x".repeat(3_000);

    private final MemoryObjects objects = new MemoryObjects();

    private Stage.Report run(FakeTables tables, Runnable beforeCommit) {
        return new ReportJob(
                        ReportTables.CONFIG,
                        tables,
                        objects,
                        UnaryOperator.identity(),
                        "s3://bucket/reports",
                        beforeCommit)
                .run(ReportTables.DAY);
    }

    private String page() {
        return objects.get(PAGE).orElseThrow().text();
    }

    @Test
    void thePageOfADayLiesUnderItsPipelineAndWhatCameFromDataCannotEndItsPlaceInIt() {
        assertThat(run(ReportTables.with("night"), () -> {}).sentences())
                .containsExactly("The page of 2026-11-07: " + PAGE);
        String clean = page();
        assertThat(clean).contains("<title>Winnow p 2026-11-07</title>");

        run(ReportTables.with(POISON), () -> {});
        String poisoned = page();
        assertThat(objects.list("")).containsExactly(PAGE);
        assertThat(markup(poisoned)).isEqualTo(markup(clean)).isNotEqualTo(clean);
        assertThat(poisoned.lines().filter(line -> line.contains("evil.example")))
                .isNotEmpty()
                .allMatch(line -> line.startsWith("<script type=\"application/json\" id=\"data\">"));
        assertThat(poisoned).doesNotContain("\u202e", "\u0000", "\u001b", "x".repeat(1_000));
    }

    /** The page without its data. */
    private static String markup(String page) {
        return page.replaceFirst("(?m)^<script type=\"application/json\" id=\"data\">[^<>]*</script>$", "");
    }

    @Test
    void aLostLeaseForbidsThePage() {
        assertThatThrownBy(() -> run(new FakeTables(), () -> {
                    throw new IllegalStateException("the lease is lost");
                }))
                .hasMessage("the lease is lost");
        assertThat(objects.list("")).isEmpty();
    }
}
