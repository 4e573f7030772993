package dev.winnow.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs stages for a day. */
abstract class RunCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    private final Context context;
    private final String name;

    private RunCommand(Context context) {
        this.context = context;
        this.name = getClass().getAnnotation(Command.class).name();
    }

    /** Returns all of them, in the order of the help. */
    static List<RunCommand> all(Context context) {
        return List.of(
                new Curate(context),
                new Segments(context),
                new Candidates(context),
                new Select(context),
                new Manifests(context),
                new Check(context));
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

    /** A command that works on one round of the day. */
    abstract static class OfRound extends RunCommand {
        @Option(
                names = "--round",
                paramLabel = "N",
                defaultValue = "1",
                description = "Round of the day, default 1; 2 corrects a sealed round 1 with other images, and so on.")
        private int round;

        private OfRound(Context context) {
            super(context);
        }

        @Override
        int round() {
            return round;
        }
    }

    /** The daily run. */
    @Command(
            name = Curate.NAME,
            description = "The daily run: segments, candidates, select and manifests, in this order.",
            footer = {"", "Example:", "  winnow curate --conf conf/local.conf --run-date 2026-11-01"})
    static final class Curate extends OfRound {
        static final String NAME = "curate";

        private Curate(Context context) {
            super(context);
        }
    }

    /** Error rates by segment. */
    @Command(
            name = "segments",
            description = "Error rates by camera type, conditions and every other dimension; finds elevated segments.",
            footer = {"", "Example:", "  winnow segments --conf conf/local.conf --run-date 2026-11-01"})
    static final class Segments extends RunCommand {
        private Segments(Context context) {
            super(context);
        }
    }

    /** What could be worth a label. */
    @Command(
            name = "candidates",
            description = "Images whose inferences are unsure or near a decision boundary.",
            footer = {"", "Example:", "  winnow candidates --conf conf/local.conf --run-date 2026-11-01"})
    static final class Candidates extends RunCommand {
        private Candidates(Context context) {
            super(context);
        }
    }

    /** What is worth a label. */
    @Command(
            name = "select",
            description = "Spends the labeling budget over all signals.",
            footer = {"", "Example:", "  winnow select --conf conf/local.conf --run-date 2026-11-01"})
    static final class Select extends OfRound {
        private Select(Context context) {
            super(context);
        }
    }

    /** The labeling jobs of a round. */
    @Command(
            name = "manifests",
            description = "Publishes the labeling manifests of the round and seals it.",
            footer = {"", "Example:", "  winnow manifests --conf conf/local.conf --run-date 2026-11-01"})
    static final class Manifests extends OfRound {
        private Manifests(Context context) {
            super(context);
        }
    }

    /** A look without a change. */
    @Command(
            name = Check.NAME,
            description = "Validates configuration and inputs and estimates what a run would read; changes nothing.",
            footer = {"", "Example:", "  winnow check --conf conf/local.conf --run-date 2026-11-01"})
    static final class Check extends RunCommand {
        static final String NAME = "check";

        private Check(Context context) {
            super(context);
        }

        @Override
        boolean writes() {
            return false;
        }
    }
}
