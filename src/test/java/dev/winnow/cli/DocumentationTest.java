package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages tell a reader to type, open and set is there. */
class DocumentationTest {
    private static final Pattern CODE =
            Pattern.compile("`([^`]+)`|^ *((?:scripts/|aws )(?:[^`\n\\\\]|\\\\\n)+)$", Pattern.MULTILINE);
    private static final Pattern COMMAND = Pattern.compile("(?:scripts/)?winnow ([a-z-]+( [a-z]+)? .*--.*)");
    private static final Pattern SCRIPT = Pattern.compile("scripts/([a-z-]+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");
    private static final Pattern KEY = Pattern.compile("[a-z]+([.-][a-z]+)+");

    /** Words of a command line; what quotes hold is one. */
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    private static final Set<String> BLOCKS =
            Set.of("analysis", "export", "inputs", "labeling", "lease", "outcomes", "report", "segments", "selection");
    private static final Pattern FILE = Pattern.compile(".*\\.(json|conf|sql|html|py|jar|md)");

    static Stream<String> pages() {
        return Stream.of("README.md", "conf/README.md", "jobs/README.md", "jobs/RUNBOOK.md", "scripts/README.md");
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyCommandIsOneThatTheCommandLineUnderstands(String page) {
        Set<String> commands = new TreeSet<>();
        for (String code : codes(page)) {
            MatchResult command = COMMAND.matcher(code).results().findFirst().orElse(null);
            if (command == null || code.startsWith("aws ")) { // a cluster has the name, too
                continue;
            }
            commands.add(code);
            String line = command.group(1).replace("YYYY-MM-DD", "2026-11-07").replaceAll("\\[[^]]*]", "");
            assertThatCode(() -> Main.commandLine(context()).parseArgs(words(line)))
                    .as(code)
                    .doesNotThrowAnyException();
        }
        if (page.equals("README.md")) {
            assertThat(commands).as("what a reader types").hasSizeGreaterThan(10);
        }
    }

    @Test
    void theDemoRunsCommandsThatTheCommandLineUnderstands() {
        assertThat(demo()).hasSizeGreaterThan(5);
        for (String line : demo()) {
            assertThatCode(() ->
                            Main.commandLine(context()).parseArgs(words(line.replaceFirst("^scripts/winnow ", ""))))
                    .as(line)
                    .doesNotThrowAnyException();
        }
    }

    /** Commands of the demo, in order. */
    static List<String> demo() {
        String script = text("scripts/demo")
                .replace("\\\n", " ")
                .replace("$first", "2026-11-01")
                .replace("$last", "2026-11-07");
        return script.lines()
                .filter(line -> line.startsWith("scripts/winnow "))
                .map(line -> line.replaceFirst(" >/dev/null$", ""))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyScriptAndEveryLinkIsThere(String page) {
        codes(page)
                .forEach(code -> SCRIPT.matcher(code)
                        .results()
                        .forEach(script -> assertThat(Path.of("scripts", script.group(1)))
                                .as(code)
                                .isExecutable()));
        Path folder = Path.of(page).resolveSibling(".");
        LINK.matcher(text(page))
                .results()
                .forEach(link -> assertThat(folder.resolve(link.group(1))).exists());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyKeyStandsInTheReference(String page) {
        String reference = text("conf/reference.conf");
        for (String code : codes(page)) {
            String block = code.replaceFirst("[.].*", "");
            if (!code.contains(".") || !KEY.matcher(code).matches() || !BLOCKS.contains(block)) {
                continue;
            }
            if (FILE.matcher(code).matches()) {
                continue;
            }
            Pattern.compile("[.]")
                    .splitAsStream(code)
                    .forEach(key -> assertThat(reference).as(code).containsPattern("(?m)^ *(# )?" + key + " *(=|\\{)"));
        }
    }

    static String[] words(String line) {
        return WORD.matcher(line)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toArray(String[]::new);
    }

    /** What stands as code on a page, each once, in its order there; comments and breaks of lines are left out. */
    static Set<String> codes(String page) {
        Set<String> codes = new LinkedHashSet<>();
        CODE.matcher(text(page))
                .results()
                .map(code -> code.group(1) == null ? code.group(2) : code.group(1))
                .forEach(code -> codes.add(code.replaceAll(" # .*| *\\\\\n", " ")
                        .replaceAll("\\s+", " ")
                        .strip()));
        return codes;
    }

    private static String text(String page) {
        try {
            return Files.readString(Path.of(page)).replaceAll("(?m)^ *```.*$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Context context() {
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        return new Context(new FakeWiring(), nowhere, nowhere, Clock.systemUTC(), new Random(1), Map.of());
    }
}
