package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every sentence that a failing run ends with has a line in the runbook, below its exit code; and no line is of none. */
class RunbookTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path PAGE = Path.of("jobs/RUNBOOK.md");

    /** What stands for a value, in sentences and in the page. */
    private static final String VALUE = "…";

    private static final Pattern MADE = Pattern.compile(
            "new (ConfigException|InputException|UsageException)\\(|ServiceException\\s*\\.(refused|passing)\\(|new (Rule)\\(");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern FORMATTED = Pattern.compile("%[-,.0-9]*[sdf]");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    private static final Map<String, Integer> EXIT_CODES = Map.of(
            "ConfigException", Failures.USAGE,
            "UsageException", Failures.USAGE,
            "InputException", Failures.INPUT,
            "passing", Failures.PASSING,
            "refused", Failures.REFUSED);

    /** Sentences that are put together elsewhere than where they are thrown, by the class that throws them. */
    private static final Map<String, List<Sentence>> ELSEWHERE = Map.ofEntries(
            example(
                    "Section",
                    Failures.USAGE,
                    "my.conf: 5: segments.window-days = x, expected an integer from 1 to 90"),
            example(
                    "WinnowConfig",
                    Failures.USAGE,
                    "my.conf: 5: unknown key segments.windw-days; did you mean window-days?"),
            example(
                    "DimensionBins",
                    Failures.USAGE,
                    "dimensions.b.bins = q, but pipeline p has stored no bins; store them with `winnow bins`"),
            example(
                    "Mapping",
                    Failures.USAGE,
                    "inputs.inferences.columns.site_id is not mapped and s3://a has no column of that name"),
            example("ShowCommand", Failures.USAGE, "--where x: no such column"),
            example(
                    "Failures",
                    Failures.USAGE,
                    "the configuration has 2 problems; the first: my.conf: 5: unknown key segments.windw-days"),
            example(
                    "WarehouseLease",
                    Failures.PASSING,
                    "The warehouse s3://a is in use: curate on host h since 04:00; waited 600 s. Try again when it has ended"),
            example(
                    "IngestJob",
                    Failures.INPUT,
                    "inputs.answers: 5 of 9 rows break the contract ({a=5}), more than rejects.max-share = 0.1"),
            example(
                    "LabelQaJob",
                    Failures.INPUT,
                    "inputs.reviews: 5 of 9 rows break the contract ({a=5}), more than rejects.max-share = 0.1"),
            example(
                    "SelectJob",
                    Failures.INPUT,
                    "No image of use case dock can be labeled: inputs.inferences.columns.image_uri must give s3://bucket/key"),
            example(
                    "DayContract",
                    Failures.INPUT,
                    "inputs.inferences: 5 of 9 rows break the contract ({a=5}), more than rejects.max-share = 0.1"),
            example(
                    "ExpressionFailures",
                    Failures.INPUT,
                    "inputs.inferences.columns.confidence = x fails on a value (high): write try_cast"),
            example("AwsCalls", Failures.PASSING, "Could not create table t: Glue answered 503"),
            example("BedrockBatches", Failures.PASSING, "Could not create the batch job j: Bedrock answered 429"),
            example("LabelStudio", Failures.PASSING, "Label Studio, asked for projects, answered 502"),
            example(
                    "AwsCalls",
                    Failures.REFUSED,
                    "Could not create table t: Glue answered 403 AccessDenied; allow glue:CreateTable"),
            example("S3Objects", Failures.REFUSED, "Could not read s3://a/b: S3 answered 403 AccessDenied"),
            example(
                    "BedrockBatches",
                    Failures.REFUSED,
                    "Could not create the batch job j: Bedrock answered 400 ValidationException: no"),
            example("LabelStudio", Failures.REFUSED, "Label Studio, asked for projects, answered 400: no"));

    /** What a run says; {@link #VALUE} stands for what only the run knows. */
    private record Sentence(String by, int exitCode, String text) {
        boolean saysNothing() {
            return text.chars().filter(Character::isLetter).count() < 3;
        }
    }

    private static Map.Entry<String, List<Sentence>> example(String by, int exitCode, String text) {
        return Map.entry(by + " " + exitCode, List.of(new Sentence(by, exitCode, text)));
    }

    @Test
    void everySentenceHasALineBelowItsExitCode() {
        Map<Integer, List<Predicate<String>>> lines = lines();
        List<String> missing = sentences().stream()
                .filter(sentence -> lines.getOrDefault(sentence.exitCode(), List.of()).stream()
                        .noneMatch(line -> line.test(sentence.text())))
                .map(sentence -> sentence.exitCode() + " " + sentence.by() + ": " + sentence.text())
                .toList();
        assertThat(missing).as("sentences that jobs/RUNBOOK.md does not know").isEmpty();
    }

    @Test
    void everyLineIsOfASentence() {
        List<Sentence> sentences = sentences();
        List<String> idle = new ArrayList<>();
        patterns()
                .forEach((exitCode, patterns) -> patterns.stream()
                        .filter(pattern -> sentences.stream()
                                .noneMatch(sentence -> sentence.exitCode() == exitCode
                                        && line(pattern).test(sentence.text())))
                        .forEach(pattern -> idle.add(exitCode + " " + pattern)));
        assertThat(idle).as("lines of jobs/RUNBOOK.md that no run says").isEmpty();
    }

    @Test
    void everyExitCodeHasASection() throws IOException {
        assertThat(Files.readString(PAGE).lines().filter(line -> line.startsWith("## Exit code ")))
                .containsExactly(Stream.of(0, 1, 2, 3, 4, 5)
                        .map(code -> "## Exit code " + code)
                        .toArray(String[]::new));
    }

    @Test
    void aSentenceThatNobodyKnowsWouldBeNoticed() {
        assertThat(lines().get(Failures.INPUT)).noneMatch(line -> line.test("the moon is " + VALUE + " away"));
    }

    // ---- the page

    private static Map<Integer, List<String>> patterns() {
        Map<Integer, List<String>> patterns = new TreeMap<>();
        int exitCode = -1;
        for (String line : text(PAGE).lines().toList()) {
            if (line.startsWith("## ")) {
                exitCode = line.matches("## Exit code \\d") ? line.charAt(line.length() - 1) - '0' : -1;
            } else if (exitCode > Failures.BUG && line.startsWith("| `")) {
                List<String> known = patterns.computeIfAbsent(exitCode, code -> new ArrayList<>());
                CODE.matcher(line.split(" \\| ", -1)[0])
                        .results()
                        .map(code -> code.group(1))
                        .forEach(known::add);
            }
        }
        return patterns;
    }

    private static Map<Integer, List<Predicate<String>>> lines() {
        return patterns().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry ->
                                entry.getValue().stream().map(RunbookTest::line).toList()));
    }

    private static Predicate<String> line(String pattern) {
        return Pattern.compile(Arrays.stream(pattern.split(VALUE, -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")))
                .asPredicate();
    }

    // ---- the sources

    /** The sentences of the sources, in place of those that say nothing where they are thrown the examples of their class. */
    private static List<Sentence> sentences() {
        List<Sentence> sentences = new ArrayList<>();
        Set<String> elsewhere = new TreeSet<>();
        for (Sentence sentence : thrown()) {
            if (sentence.saysNothing()) {
                elsewhere.add(sentence.by() + " " + sentence.exitCode());
            } else {
                sentences.add(sentence);
            }
        }
        assertThat(elsewhere)
                .as("sentences that are put together elsewhere: give an example of each")
                .isSubsetOf(ELSEWHERE.keySet());
        ELSEWHERE.values().forEach(sentences::addAll);
        return sentences;
    }

    private static List<Sentence> thrown() {
        List<Sentence> sentences = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                String text = text(file);
                String by = file.getFileName().toString().replace(".java", "");
                Matcher made = MADE.matcher(text);
                while (made.find()) {
                    sentences.add(sentence(by, made.toMatchResult(), arguments(text, made.end())));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(sentences).hasSizeGreaterThan(100);
        return sentences;
    }

    private static Sentence sentence(String by, MatchResult made, String arguments) {
        if (made.group(3) != null) { // a rule of Failures: words to look for, exit code, sentence
            int exitCode = Map.of("USAGE", 2, "INPUT", 3, "PASSING", 4, "REFUSED", 5).entrySet().stream()
                    .filter(name -> arguments.matches("(?s).*\\b" + name.getKey() + "\\b.*"))
                    .findFirst()
                    .map(Map.Entry::getValue)
                    .orElse(Failures.USAGE);
            return new Sentence(by, exitCode, words(arguments.substring(arguments.indexOf("->") + 1)));
        }
        String kind = made.group(1) == null ? made.group(2) : made.group(1);
        return new Sentence(by, Objects.requireNonNull(EXIT_CODES.get(kind)), words(arguments));
    }

    /** What stands up to the parenthesis that closes the call. */
    private static String arguments(String text, int start) {
        int depth = 1;
        boolean quoted = false;
        int at = start;
        for (; depth > 0; at++) {
            char c = text.charAt(at);
            if (quoted) {
                at += c == '\\' ? 1 : 0;
                quoted = c != '"';
            } else {
                quoted = c == '"';
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            }
        }
        return text.substring(start, at - 1);
    }

    /** The literals in order, with {@link #VALUE} for what lies between them. */
    private static String words(String arguments) {
        StringBuilder words = new StringBuilder();
        Matcher literal = LITERAL.matcher(arguments);
        int last = 0;
        while (literal.find()) {
            String between = arguments.substring(last, literal.start()).replaceAll("\\s", "");
            words.append(between.isEmpty() || between.equals("+") ? "" : VALUE).append(literal.group(1));
            last = literal.end();
        }
        words.append(arguments.substring(last).isBlank() ? "" : VALUE);
        return FORMATTED.matcher(words).replaceAll(VALUE).replaceAll(VALUE + "+", VALUE);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
