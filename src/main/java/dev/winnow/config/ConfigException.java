package dev.winnow.config;

import java.util.List;

/** Lists every configuration problem found, one per line; a single one is the message itself. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    /** Reports all problems of one configuration. */
    public ConfigException(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : "Invalid configuration:\n  - " + String.join("\n  - ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Reports one problem that only shows against the data, such as an expression that names no column. */
    public ConfigException(String problem) {
        this(List.of(problem));
    }

    /** Returns the problems, a sentence each. */
    public List<String> problems() {
        return problems;
    }
}
