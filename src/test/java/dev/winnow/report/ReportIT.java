package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.testing.Chromium;
import dev.winnow.testing.Chromium.Opened;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser that has no network. */
@ExtendWith(SparkExtension.class)
class ReportIT {
    private static final List<String> BLOCKS = List.of(
            "overview",
            "segments",
            "trend",
            "pairs",
            "changes",
            "confidence",
            "imbalance",
            "budget",
            "gallery",
            "looks",
            "people",
            "quality",
            "outcomes",
            "facts");

    private static Chromium chromium;

    @TempDir
    Path folder;

    @BeforeAll
    static void browser() {
        chromium = Chromium.installed();
    }

    private Opened open(FakeTables tables) throws IOException {
        new ReportJob(
                        ReportTables.CONFIG,
                        tables,
                        new LocalObjects(),
                        UnaryOperator.identity(),
                        folder.resolve("reports").toString(),
                        () -> {})
                .run(ReportTables.DAY);
        Opened page = chromium.open(
                folder.resolve("reports/p/2026-11-07.html"), Files.createTempDirectory(folder, "browser"));
        // What the scripts themselves spell out is no finding.
        String markup = page.markup().replaceAll("(?s)(<script>).*?</script>", "$1</script>");
        return new Opened(markup, page.console(), page.requests());
    }

    private static List<String> all(String regex, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(regex).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    /** Blocks by how they ended: {@code full} or {@code empty}. */
    private static List<String> drawn(Opened page, String how) {
        return all("<section id=\"([a-z]+)\"[^>]* data-drawn=\"" + how + "\"", page.markup());
    }

    @Test
    void everyBlockIsDrawnWithoutAnErrorOrARequest() throws IOException {
        Opened page = open(ReportTables.with("night"));
        assertThat(page.console()).isEmpty();
        assertThat(page.requests()).isEmpty();
        assertThat(drawn(page, "full")).containsExactlyElementsOf(BLOCKS);
        assertThat(all("data-chart=\"([^\"]*)\"", page.markup()))
                .contains(
                        "Weak segments",
                        "Worst segments by run date",
                        "Alarms by event date",
                        "Marks per 1,000 alarms by event date",
                        "Heat map",
                        "Changes",
                        "Reliability",
                        "Class imbalance",
                        "From signal to job",
                        "Images: audit",
                        "Images: boundary",
                        "Why predictions fail",
                        "Brightness and sharpness");
        assertThat(page.markup()).doesNotContain("NaN", "undefined", "Infinity");
    }

    @Test
    void aPageThatAsksAndFailsWouldBeNoticed() throws IOException {
        Path page = Files.writeString(
                folder.resolve("asks.html"),
                "<img src='http://outside.example/x.png'><script>throw new Error('failed')</script>");
        Opened opened = chromium.open(page, Files.createTempDirectory(folder, "browser"));
        assertThat(opened.requests()).contains("http://outside.example/x.png");
        assertThat(opened.console()).anyMatch(line -> line.contains("failed"));
    }

    @Test
    void aDayWithoutRowsIsAPageOfPlainSentences() throws IOException {
        Opened page = open(new FakeTables());
        assertThat(page.console()).isEmpty();
        assertThat(drawn(page, "empty")).hasSize(BLOCKS.size() - 1);
        assertThat(drawn(page, "full")).containsExactly("facts");
    }

    @Test
    void poisonStaysTextAndAsksNobody() throws IOException {
        Opened page = open(ReportTables.with(ReportJobTest.POISON));
        assertThat(page.console()).isEmpty();
        assertThat(page.requests()).isEmpty();
        assertThat(drawn(page, "full")).containsExactlyElementsOf(BLOCKS);
        assertThat(all("(<script)", page.markup())).hasSize(3);
        assertThat(page.markup()).doesNotContain("<img src=\"https", "<!-- {");
    }
}
