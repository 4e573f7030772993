package dev.winnow.cli;

import dev.winnow.config.InputSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.tables.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.spark.QueryContext;
import org.apache.spark.SparkThrowable;

/** Tells in which of the user's own expressions a value failed: Spark names the piece of SQL, not the key it is from. */
final class ExpressionFailures {
    /** Spark's advice to correct each value or to switch the checks off, which is none here. */
    private static final Pattern ADVICE =
            Pattern.compile("\\.? +(Correct the|Use `?try_|To return NULL|If necessary|If you|Please use).*$");

    private ExpressionFailures() {}

    /** Returns what to throw instead if an expression of the configuration failed on a value, else nothing. */
    static Optional<InputException> named(Throwable failure, WinnowConfig config) {
        Set<Throwable> seen = new HashSet<>();
        for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
            if (cause instanceof SparkThrowable thrown && Failures.isOfAValue(cause)) {
                for (QueryContext context : thrown.getQueryContext()) {
                    List<String> keys = keys(config, context.fragment());
                    if (!keys.isEmpty()) {
                        return Optional.of(new InputException(sentence(keys, cause), failure));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static String sentence(List<String> keys, Throwable cause) {
        String reason = ADVICE.matcher(Failures.first(cause)).replaceFirst("");
        String instead = String.valueOf(cause.getMessage()).contains("DIVIDE_BY_ZERO")
                ? "try_divide(a, b) instead of a / b"
                : "try_cast(x as type) instead of cast, or another try_ function";
        return String.join(" and ", keys) + " fails on a value (" + reason + "): write " + instead
                + ", so that such a value becomes null";
    }

    /** Returns {@code key = expression} for every expression that holds the piece. */
    private static List<String> keys(WinnowConfig config, String piece) {
        List<String> keys = new ArrayList<>();
        for (InputSettings input : List.of(
                config.inferences().input(),
                config.feedback().input(),
                config.cameras().input(),
                config.answers().table())) {
            String prefix = "inputs." + input.name() + ".";
            add(keys, prefix + "columns.", input.columns(), piece);
            Map<String, String> dimensions = new TreeMap<>();
            input.dimensions()
                    .forEach((name, dimension) ->
                            dimensions.put(dimension.isBinned() ? name + ".value" : name, dimension.value()));
            add(keys, prefix + "dimensions.", dimensions, piece);
            add(keys, prefix, Map.of("partition-filter", input.partitionFilter()), piece);
        }
        return keys;
    }

    private static void add(List<String> keys, String prefix, Map<String, String> expressions, String piece) {
        expressions.forEach((name, expression) -> {
            if (!piece.isBlank() && expression.contains(piece)) {
                keys.add(prefix + name + " = " + expression);
            }
        });
    }
}
