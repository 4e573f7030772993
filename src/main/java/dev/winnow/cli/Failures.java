package dev.winnow.cli;

import dev.winnow.config.ConfigException;
import dev.winnow.ports.Sentences;
import dev.winnow.ports.ServiceException;
import dev.winnow.runtime.Attempt.Outcome;
import dev.winnow.tables.InputException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;

/**
 * Says in a sentence what went wrong and what helps, and with which exit code to end.
 *
 * <p>Spark, Hadoop and the AWS SDKs wrap one another's exceptions, and a cluster passes them on as text; so causes are
 * recognised by the words of their class names and messages, which are the same on every supported version.
 */
final class Failures {
    static final int BUG = 1;
    static final int USAGE = 2;
    static final int INPUT = 3;
    static final int PASSING = 4;
    static final int REFUSED = 5;

    private static final Pattern URI =
            Pattern.compile("\\b(?:file|s3|s3a|s3n|hdfs|dbfs):/[^\\s,;\"'`<>)\\]]*[^\\s,;\"'`<>)\\].:]");
    private static final Pattern BARE_PATH =
            Pattern.compile("(?<![\\w:/.])/[^\\s,;\"'`<>()\\[\\]]*[^\\s,;\"'`<>()\\[\\].:]");
    private static final Pattern WRITTEN = Pattern.compile("(?<=while writing rows to )\\S*[^\\s.]");
    private static final Pattern NAMES = Pattern.compile("with name (`[^\\s]+`)");

    /** Spark's names for a value that an expression can't take. */
    private static final String VALUE =
            "CAST_INVALID_INPUT|CAST_OVERFLOW|ARITHMETIC_OVERFLOW|DIVIDE_BY_ZERO|NUMERIC_VALUE_OUT_OF_RANGE"
                    + "|INVALID_ARRAY_INDEX|CANNOT_PARSE_TIMESTAMP|CANNOT_PARSE_DECIMAL|INVALID_FRACTION"
                    + "|DATETIME_OVERFLOW|INVALID_PARAMETER_VALUE";

    private static final Pattern VALUE_WORDS = Pattern.compile(VALUE);

    /** Causes in the order in which they explain one another: a full disk also looks like an unreadable file. */
    private static final List<Rule> RULES = List.of(
            new Rule(
                    "No space left on device|Disk quota exceeded",
                    PASSING,
                    (cause, chain) -> "The disk is full (" + folder(cause, chain)
                            + "): free space there or set spark.local.dir to a larger disk, then run again"),
            new Rule(
                    "OutOfMemoryError|GC overhead limit exceeded|Container killed by YARN|Cannot allocate memory",
                    PASSING,
                    (cause, chain) -> "Memory ran out (" + first(cause)
                            + "): raise WINNOW_HEAP locally, or spark.driver.memory and spark.executor.memory, and run"
                            + " again"),
            new Rule(
                    "ExecutorLostFailure|executor \\d+ exited|Executor heartbeat timed out|Lost executor",
                    PASSING,
                    (cause, chain) -> "An executor was lost (" + first(cause)
                            + "): run again; if it repeats, give executors more memory"),
            new Rule(
                    "AccessDenied|AccessControlException|Access Denied|Status Code: 40[13]\\b|NoAuthWithAWS"
                            + "|Unable to load credentials|Permission denied|\\(Permission denied\\)",
                    REFUSED,
                    (cause, chain) -> "Access is denied" + at(chain) + " (" + first(cause)
                            + "): grant this role or user access, then run again"),
            new Rule(
                    "io\\.delta\\.exceptions\\.\\w*(Concurrent|Changed|Conflict)|DELTA_CONCURRENT\\w*"
                            + "|DeltaConcurrentModification",
                    PASSING,
                    (cause, chain) -> "Somebody else changed the table at the same time (" + first(cause)
                            + "): nothing was lost, run again"),
            new Rule(
                    "ConnectException|UnknownHostException|NoRouteToHostException|SocketTimeoutException"
                            + "|ConnectTimeoutException|ConnectionPoolTimeout|Connection refused|Connection reset"
                            + "|ApiCallTimeoutException|ApiCallAttemptTimeoutException|concurrent\\.TimeoutException"
                            + "|SSLException|Status Code: (429|5\\d\\d)\\b|AWSServiceThrottled|AWSStatus500|SlowDown"
                            + "|Unable to execute HTTP request",
                    PASSING,
                    (cause, chain) -> "A service did not answer as it should" + at(chain) + " (" + first(cause)
                            + "): check the network and the endpoint, then run again"),
            new Rule(
                    "the underlying files have been updated|DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS"
                            + "|schema of your Delta table has changed",
                    PASSING,
                    (cause, chain) -> "The data changed while being read" + at(chain) + " (" + first(cause)
                            + "): run again, best when nobody writes there"),
            new Rule(
                    "PATH_NOT_FOUND|FileNotFoundException|NoSuchFileException|Path does not exist"
                            + "|Input path does not exist|FILE_NOT_EXIST|NoSuchBucket",
                    INPUT,
                    (cause, chain) -> "Nothing is there" + at(chain) + " (" + first(cause)
                            + "): correct the path, or wait for the data"),
            new Rule(
                    "is not a Parquet file|Could not read footer|CANNOT_READ_FILE_FOOTER|ParquetDecodingException"
                            + "|Expected magic number",
                    INPUT,
                    (cause, chain) -> "This is no readable Parquet file" + at(chain) + " (" + first(cause)
                            + "): write it again or remove it"),
            new Rule(
                    "ZipException|DataFormatException|not a gzip file|incorrect header check|Not in GZIP format"
                            + "|Unexpected end of (ZLIB )?input stream"
                            + "|invalid (stored block|block type|distance|code lengths|bit length)",
                    INPUT,
                    (cause, chain) -> "A compressed file is damaged or cut short" + at(chain) + " (" + first(cause)
                            + "): find it with gzip -t, then write it again or remove it"),
            new Rule(
                    "MALFORMED_RECORD_IN_PARSING|MALFORMED_CSV_RECORD|Malformed records are detected|BadRecordException"
                            + "|JsonParseException|TextParsingException|MalformedInputException",
                    INPUT,
                    (cause, chain) -> "A line of a JSON or CSV file can't be parsed" + at(chain) + " (" + first(cause)
                            + "): correct the file, or the input's format, schema and options"),
            new Rule(
                    VALUE,
                    INPUT,
                    (cause, chain) -> "A value does not fit an expression (" + first(cause)
                            + "): in the mapping's expression use try_cast, or another try_ function, so that such"
                            + " values become null and are rejected one by one"),
            new Rule(
                    "UNRESOLVED_COLUMN",
                    USAGE,
                    (cause, chain) -> "An expression names the column " + column(cause) + " that is not there ("
                            + first(cause) + "): correct the mapping in the configuration"),
            new Rule(
                    "UNRESOLVED_ROUTINE|PARSE_SYNTAX_ERROR|PARSE_EMPTY_STATEMENT|DATATYPE_MISMATCH|WRONG_NUM_ARGS"
                            + "|TABLE_OR_VIEW_NOT_FOUND|UNRESOLVED_FIELD|FIELD_NOT_FOUND",
                    USAGE,
                    (cause, chain) -> "An expression is not valid SQL here (" + first(cause)
                            + "): correct it in the configuration"),
            new Rule(
                    "FAILED_READ_FILE|FileReadException|Encountered error while reading file",
                    INPUT,
                    (cause, chain) -> "A file can't be read" + at(chain) + " (" + first(chain.get(chain.size() - 1))
                            + "): write it again or remove it"));

    private Failures() {}

    /** A recognised cause; {@code sentence} gets the throwable that matched and the whole chain, outermost first. */
    private record Rule(Pattern words, int exitCode, BiFunction<Throwable, List<Throwable>, String> sentence) {
        Rule(String words, int exitCode, BiFunction<Throwable, List<Throwable>, String> sentence) {
            this(Pattern.compile(words), exitCode, sentence);
        }
    }

    /** Returns how a run ends that failed this way. */
    static Outcome of(Throwable failure) {
        List<Throwable> chain = chain(failure);
        for (Throwable cause : chain) {
            Outcome known = ours(cause);
            if (known != null) {
                return known;
            }
        }
        List<Throwable> innermostFirst = new ArrayList<>(chain);
        Collections.reverse(innermostFirst); // wrappers repeat the words of what they wrap
        for (Rule rule : RULES) {
            for (Throwable cause : innermostFirst) {
                if (rule.words.matcher(cause.toString()).find()) {
                    return outcome(rule.exitCode, rule.sentence.apply(cause, chain));
                }
            }
        }
        Throwable root = innermostFirst.get(0);
        return outcome(
                BUG,
                "This is a bug: please report it with the log" + log() + ", which has the details ("
                        + root.getClass().getSimpleName() + ": " + first(root) + ")");
    }

    /** Returns whether a value did not fit an expression. */
    static boolean isOfAValue(Throwable cause) {
        return VALUE_WORDS.matcher(cause.toString()).find();
    }

    /** Returns what goes before the last line: every problem of a configuration that has several. */
    static List<String> details(Throwable failure) {
        for (Throwable cause : chain(failure)) {
            if (cause instanceof ConfigException config && config.problems().size() > 1) {
                return config.problems();
            }
        }
        return List.of();
    }

    private static @Nullable Outcome ours(Throwable cause) {
        if (cause instanceof ConfigException config) {
            List<String> problems = config.problems();
            return outcome(
                    USAGE,
                    problems.size() == 1
                            ? problems.get(0)
                            : "the configuration has " + problems.size() + " problems; the first: " + problems.get(0));
        }
        if (cause instanceof UsageException || cause instanceof ParameterException) {
            return outcome(USAGE, message(cause));
        }
        if (cause instanceof InputException) {
            return outcome(INPUT, message(cause));
        }
        if (cause instanceof ServiceException service) {
            return outcome(service.retryable() ? PASSING : REFUSED, message(cause));
        }
        return null;
    }

    private static Outcome outcome(int exitCode, String sentence) {
        return new Outcome(exitCode, oneLine(sentence), exitCode == PASSING);
    }

    private static List<Throwable> chain(Throwable failure) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable cause = failure; cause != null && !chain.contains(cause); cause = cause.getCause()) {
            chain.add(cause);
        }
        return chain;
    }

    private static String message(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }

    /** Returns the first sentence of a message, without Spark's error code, plan and nested stack traces. */
    static String first(Throwable cause) {
        String line = message(cause)
                .strip()
                .lines()
                .takeWhile(text -> !text.startsWith("\tat ") && !text.startsWith("== SQL"))
                .findFirst()
                .orElse("");
        return line.replaceFirst("^Job aborted due to stage failure: .* \\(TID \\d+\\) \\([^)]*\\): ", "")
                .replaceFirst("^\\[[A-Z0-9_.]+\\] ", "")
                .replaceFirst(" ?SQLSTATE: \\w+.*$", "")
                .replaceFirst("; line \\d+ pos \\d+.*$", "")
                .replaceFirst("[;:.\\s]+$", "");
    }

    private static String oneLine(String sentence) {
        return Sentences.oneLine(sentence.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" ")));
    }

    /** Returns {@code " at PLACE"} for the first file that the chain names, else nothing. */
    private static String at(List<Throwable> chain) {
        for (Throwable cause : chain) {
            if (cause instanceof FileSystemException file && file.getFile() != null) {
                return " at " + file.getFile();
            }
        }
        return place(chain, URI)
                .or(() -> place(chain, BARE_PATH))
                .map(found -> " at " + found)
                .orElse("");
    }

    private static Optional<String> place(List<Throwable> chain, Pattern pattern) {
        return chain.stream()
                .map(cause -> pattern.matcher(message(cause).lines().findFirst().orElse("")))
                .filter(Matcher::find)
                .map(Matcher::group)
                .findFirst();
    }

    /** Names the file that did not fit; a task that writes rows may also have run out of scratch space. */
    private static String folder(Throwable cause, List<Throwable> chain) {
        if (cause instanceof FileSystemException file && file.getFile() != null) {
            return file.getFile();
        }
        Map<String, String> environment = System.getenv();
        String tables = place(chain, WRITTEN).orElse("the disk of the warehouse");
        return "scratch folder "
                + environment.getOrDefault(
                        "SPARK_LOCAL_DIRS",
                        System.getProperty("spark.local.dir", System.getProperty("java.io.tmpdir", "unknown")))
                + ", or " + tables;
    }

    /** The local script names the file; on a cluster the log is where the cluster keeps it. */
    private static String log() {
        String file = System.getProperty("winnow.log", "");
        return file.isEmpty() ? "" : " " + file;
    }

    private static String column(Throwable cause) {
        Matcher name = NAMES.matcher(message(cause));
        return name.find() ? name.group(1) : "";
    }
}
