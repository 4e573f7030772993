package dev.winnow.adapters.sources;

import dev.winnow.config.ConfigException;
import dev.winnow.config.InputSettings;
import dev.winnow.ports.ServiceException;
import dev.winnow.tables.InputException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;

/** Says in our words why an input could not be opened. */
final class OpeningFailures {
    private static final Pattern FOOTER =
            Pattern.compile("(?:footer for file:? ?|reading file )(\\S+?)\\.?(?:\\s|$)"); // Spark 3.5 and Spark 4

    private OpeningFailures() {}

    static String key(InputSettings input) {
        return "inputs." + input.name() + (input.path().isEmpty() ? ".table" : ".path");
    }

    /** Returns what to throw for a failure while opening the input; a failure that is ours already stays as it is. */
    static RuntimeException opening(InputSettings input, Exception failure) {
        if (failure instanceof InputException
                || failure instanceof ConfigException
                || failure instanceof ServiceException) {
            return (RuntimeException) failure;
        }
        String place = key(input) + ": " + input.place();
        String footer = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AccessDeniedException || cause instanceof AccessControlException) {
                return ServiceException.refused(
                        place + " may not be read with these credentials (" + firstLine(cause)
                                + "); allow listing the folder and reading its files",
                        failure);
            }
            if (cause instanceof UnsupportedFileSystemException) {
                return new ConfigException(place + " has a scheme that this cluster does not know");
            }
            if (transport(cause)) {
                return ServiceException.passing("Reading " + place + " failed: " + firstLine(cause), failure);
            }
            Matcher matcher = FOOTER.matcher(String.valueOf(cause.getMessage()));
            footer = footer == null && matcher.find() ? matcher.group(1) : footer;
        }
        if (footer != null) {
            return new InputException(
                    place + " holds a damaged Parquet file, " + footer + "; write it again or remove it", failure);
        }
        if (failure instanceof IOException) { // a plain one says nothing of the data
            return ServiceException.passing("Reading " + place + " failed: " + firstLine(failure), failure);
        }
        return new InputException(
                place + " can't be read as " + input.format() + ": " + firstLine(failure)
                        + "; check the input's path, format and schema",
                failure);
    }

    /** Stores report what may pass by a kind of its own (time-outs, throttling); a damaged file merely ends early. */
    private static boolean transport(Throwable cause) {
        return cause instanceof IOException
                && cause.getClass() != IOException.class
                && !(cause instanceof EOFException);
    }

    static String firstLine(@Nullable Throwable failure) {
        return String.valueOf(failure == null ? null : failure.getMessage())
                .lines()
                .findFirst()
                .orElse("no message");
    }
}
