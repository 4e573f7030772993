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
        Opened page = chromium.open(made(tables), Files.createTempDirectory(folder, "browser"));
        // What the scripts themselves spell out is no finding.
        String markup = page.markup().replaceAll("(?s)(<script>).*?</script>", "$1</script>");
        return new Opened(markup, page.console(), page.requests());
    }

    private Path made(FakeTables tables) {
        new ReportJob(
                        ReportTables.CONFIG,
                        tables,
                        new LocalObjects(),
                        UnaryOperator.identity(),
                        folder.resolve("reports").toString(),
                        () -> {})
                .run(ReportTables.DAY);
        return folder.resolve("reports/p/2026-11-07.html");
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
        assertThat(page.markup()).contains("Model cost of the day", "Calls of the model by attempt", ">$0.07<");
        assertThat(page.markup().replaceAll("'sha256-[^']*'", "")) // a hash may hold any letters
                .doesNotContain("NaN", "undefined", "Infinity");
    }

    @Test
    void whoSeesNoDrawingAndWhoHasNoMouseGetsEverything() throws IOException {
        String page = open(ReportTables.with("night")).markup();
        for (String drawing : all("(<svg[^>]*>)", page)) {
            assertThat(drawing).containsPattern("aria-hidden=\"true\"|role=\"img\" aria-label=\"[^\"]+\"");
        }
        assertThat(all("(<img[^>]*>)", page)).allMatch(image -> image.contains("alt=\""));
        assertThat(all("<table[^>]*>(.{0,20})", page))
                .as("tables have captions")
                .allMatch(start -> start.startsWith("<caption>"));
        assertThat(all("(<div class=\"scroll\"[^>]*>)", page))
                .as("what can be scrolled can be reached by keys")
                .isNotEmpty()
                .allMatch(region -> region.contains("tabindex=\"0\"") && region.matches(".*aria-label=\"[^\"]+\".*"));
        assertThat(all("<section id=\"([a-z]+)\"[^>]* aria-labelledby=\"[a-z]+-title\"", page))
                .containsExactlyElementsOf(BLOCKS);
        assertThat(all("<a href=\"#([a-z]+)\"", page)).containsAll(BLOCKS);
        assertThat(page).contains("<html lang=\"en\"", "<a class=\"skip\" href=\"#main\">");
        assertThat(all("<(?:select|input|button)([^>]*)>", page).size())
                .as("every control stands in its label")
                .isEqualTo(all("(<label[^>]*>)", page).size());
        assertThat(all("tabindex=\"([1-9])", page))
                .as("the order of keys is that of the page")
                .isEmpty();
    }

    @Test
    void everyDrawingHasItsNumbersBesideIt() throws IOException {
        String page = open(ReportTables.with("night")).markup();
        for (String block : all("(?s)(<section .*?</section>)", page)) {
            if (block.contains("role=\"img\"")) {
                assertThat(block).as("a table beside the drawing").contains("<table");
            }
        }
        assertThat(page)
                .contains("class=\"threshold\"", "alarm at")
                .contains("class=\"interval\"")
                .contains("Labeling jobs of the day");
    }

    @Test
    void itFitsAPhoneAndPaper() throws IOException {
        Path page = made(ReportTables.with("night"));
        for (int width : List.of(360, 390, 768, 1280)) {
            assertThat(chromium.widthAt(page, Files.createTempDirectory(folder, "browser"), width))
                    .as("shown %d pixels wide", width)
                    .isLessThanOrEqualTo(width);
        }
        assertThat(chromium.sheets(page, Files.createTempDirectory(folder, "browser")))
                .isBetween(2, 40);
    }

    @Test
    void aPageThatIsTooWideWouldBeNoticed() throws IOException {
        Path wide = Files.writeString(folder.resolve("wide.html"), "<div style='width: 900px'>wide</div>");
        assertThat(chromium.widthAt(wide, Files.createTempDirectory(folder, "browser"), 390))
                .isGreaterThanOrEqualTo(900);
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
