package dev.winnow.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs stages for a day. */
abstract class RunCommand implements Callable<Integer> {
    static final String ROUND =
            "Round of the day, default 1; 2 corrects a sealed round 1 with other images, and so on.";

    @Mixin
    private RunOptions options;

    private final Context context;
    private final String name;

    private RunCommand(Context context, String name) {
        this.context = context;
        this.name = name;
    }

    int round() {
        return 1;
    }

    boolean writes() {
        return true;
    }

    @Override
    public Integer call() throws Exception {
        new Execution(context, name, options, round(), writes()).run();
        return 0;
    }

    /** The daily run. */
    @Command(
            name = Curate.NAME,
            description = "The daily run: segments, candidates, select and manifests, in this order.",
            footer = {"", "Example:", "  winnow curate --conf conf/local.conf --run-date 2026-11-01"})
    static final class Curate extends RunCommand {
        static final String NAME = "curate";

        @Option(names = "--round", paramLabel = "N", defaultValue = "1", description = RunCommand.ROUND)
        private int round;

        Curate(Context context) {
            super(context, NAME);
        }

        @Override
        int round() {
            return round;
        }
    }

    /** Error rates by segment. */
    @Command(
            name = Segments.NAME,
            description = "Error rates by camera type, conditions and every other dimension; finds elevated segments.",
            footer = {"", "Example:", "  winnow segments --conf conf/local.conf --run-date 2026-11-01"})
    static final class Segments extends RunCommand {
        static final String NAME = "segments";

        Segments(Context context) {
            super(context, NAME);
        }
    }

    /** What could be worth a label. */
    @Command(
            name = Candidates.NAME,
            description = "Images whose inferences are unsure or near a decision boundary.",
            footer = {"", "Example:", "  winnow candidates --conf conf/local.conf --run-date 2026-11-01"})
    static final class Candidates extends RunCommand {
        static final String NAME = "candidates";

        Candidates(Context context) {
            super(context, NAME);
        }
    }

    /** What is worth a label. */
    @Command(
            name = Select.NAME,
            description = "Spends the labeling budget over all signals.",
            footer = {"", "Example:", "  winnow select --conf conf/local.conf --run-date 2026-11-01"})
    static final class Select extends RunCommand {
        static final String NAME = "select";

        @Option(names = "--round", paramLabel = "N", defaultValue = "1", description = RunCommand.ROUND)
        private int round;

        Select(Context context) {
            super(context, NAME);
        }

        @Override
        int round() {
            return round;
        }
    }

    /** The labeling jobs of a round. */
    @Command(
            name = Manifests.NAME,
            description = "Publishes the labeling manifests of the round and seals it.",
            footer = {"", "Example:", "  winnow manifests --conf conf/local.conf --run-date 2026-11-01"})
    static final class Manifests extends RunCommand {
        static final String NAME = "manifests";

        @Option(names = "--round", paramLabel = "N", defaultValue = "1", description = RunCommand.ROUND)
        private int round;

        Manifests(Context context) {
            super(context, NAME);
        }

        @Override
        int round() {
            return round;
        }
    }

    /** A look without a change. */
    @Command(
            name = Check.NAME,
            description = "Validates configuration and inputs and estimates what a run would read; changes nothing.",
            footer = {"", "Example:", "  winnow check --conf conf/local.conf --run-date 2026-11-01"})
    static final class Check extends RunCommand {
        static final String NAME = "check";

        Check(Context context) {
            super(context, NAME);
        }

        @Override
        boolean writes() {
            return false;
        }
    }
}
