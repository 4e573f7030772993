package dev.winnow.cli;

import dev.winnow.answers.IngestJob;
import dev.winnow.config.DimensionSettings;
import dev.winnow.consensus.ConsensusJob;
import dev.winnow.export.ExportJob;
import dev.winnow.inputs.BinsJob;
import dev.winnow.maintenance.MaintainJob;
import dev.winnow.outcomes.OutcomesJob;
import dev.winnow.progress.JobsSyncJob;
import dev.winnow.quality.LabelQaJob;
import dev.winnow.quality.QaBatchesJob;
import dev.winnow.report.ReportJob;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs stages for a day. */
abstract class RunCommand implements Callable<Integer> {
    @Mixin
    RunOptions options;

    private final Context context;
    private final String name;

    private RunCommand(Context context) {
        this.context = context;
        this.name = getClass().getAnnotation(Command.class).name();
    }

    /** A command of two words. */
    private RunCommand(Context context, String name) {
        this.context = context;
        this.name = name;
    }

    /** Returns the commands about labeling jobs. */
    static CommandLine jobs(Context context) {
        return new CommandLine(new Jobs()).addSubcommand(new JobsSync(context));
    }

    /** Returns all of them, in the order of the help. */
    static List<RunCommand> all(Context context) {
        return List.of(
                new Curate(context),
                new Segments(context),
                new Analyze(context),
                new Candidates(context),
                new Select(context),
                new Manifests(context),
                new Ingest(context),
                new Consensus(context),
                new QaBatches(context),
                new LabelQuality(context),
                new Outcomes(context),
                new Export(context),
                new Report(context),
                new Maintain(context),
                new Bins(context),
                new Check(context));
    }

    boolean writes() {
        return true;
    }

    Wiring.Wanted wanted() {
        return Wiring.Wanted.NOTHING;
    }

    @Override
    public Integer call() throws Exception {
        new Execution(context, name, options, writes(), wanted()).run();
        return 0;
    }

    /** A command that works on one round of the day. */
    abstract static class OfRound extends RunCommand {
        @Option(
                names = "--round",
                paramLabel = "N",
                defaultValue = "1",
                description = "Round of the day, default 1; 2 corrects a sealed round 1 with other images, and so on.")
        int round;

        private OfRound(Context context) {
            super(context);
        }

        @Override
        Wiring.Wanted wanted() {
            return Wiring.Wanted.round(round);
        }
    }

    /** The daily run. */
    @Command(
            name = Curate.NAME,
            description = "The daily run: segments, analyze, candidates, select, manifests and report, in this order.",
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
        @Option(
                names = "--findings-once",
                description = "With --from: builds the cells of every day, but finds segments on the run date alone;"
                        + " findings of the days before are removed.")
        private boolean once;

        private Segments(Context context) {
            super(context);
        }

        @Override
        Wiring.Wanted wanted() {
            if (once) {
                options.requireFrom("--findings-once");
            }
            return new Wiring.Wanted(1, once, false, false, false, null);
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

    /** What is seen on mistakes. */
    @Command(
            name = "analyze",
            description = "Samples misclassified images and looks at them.",
            footer = {"", "Example:", "  winnow analyze --conf conf/local.conf --run-date 2026-11-01"})
    static final class Analyze extends RunCommand {
        @Option(
                names = "--collect",
                description =
                        "With analysis.provider = bedrock-batch: reads the answers of the day's batch jobs instead of"
                                + " submitting one; exits with 4 while a job still runs.")
        private boolean collects;

        private Analyze(Context context) {
            super(context);
        }

        @Override
        Wiring.Wanted wanted() {
            return new Wiring.Wanted(1, false, collects, false, false, null);
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
            description = "Publishes the labeling manifests of the round and seals it; --launch creates its jobs.",
            footer = {"", "Example:", "  winnow manifests --conf conf/local.conf --run-date 2026-11-01 --launch"})
    static final class Manifests extends OfRound {
        @Option(
                names = "--launch",
                description = "Creates the jobs of the round in SageMaker or Label Studio; repeated, it creates what is"
                        + " missing, and jobs that failed under their next name.")
        private boolean launches;

        private Manifests(Context context) {
            super(context);
        }

        @Override
        Wiring.Wanted wanted() {
            return new Wiring.Wanted(round, false, false, launches, false, null);
        }
    }

    /** How the labeling jobs stand. */
    @Command(
            name = "sync",
            description = "Asks the services where each labeling job stands, and frees what will never be answered.",
            footer = {"", "Example:", "  winnow jobs sync --conf conf/local.conf --run-date 2026-11-05"})
    static final class JobsSync extends RunCommand {
        private JobsSync(Context context) {
            super(context, JobsSyncJob.NAME);
        }
    }

    /** Commands about labeling jobs. */
    @Command(name = "jobs", description = "Labeling jobs: jobs sync.", synopsisSubcommandLabel = "COMMAND")
    static final class Jobs {}

    /** What people answered. */
    @Command(
            name = IngestJob.NAME,
            description = "Reads answers back: Ground Truth output, Label Studio exports, answer tables.",
            footer = {"", "Example:", "  winnow ingest --conf conf/local.conf --run-date 2026-11-05"})
    static final class Ingest extends RunCommand {
        private Ingest(Context context) {
            super(context);
        }
    }

    /** One label of many answers. */
    @Command(
            name = ConsensusJob.NAME,
            description =
                    "One label per item from many answers; how good each annotator is; asks again where it is open.",
            footer = {"", "Example:", "  winnow consensus --conf conf/local.conf --run-date 2026-11-05"})
    static final class Consensus extends RunCommand {
        private Consensus(Context context) {
            super(context);
        }
    }

    /** What people review in bulk. */
    @Command(
            name = QaBatchesJob.NAME,
            description =
                    "Bulk label QA: has people confirm or disconfirm batches of alarms of one class; --relabel asks for the"
                            + " right class of what they disconfirmed; --launch creates the jobs.",
            footer = {"", "Example:", "  winnow qa-batches --conf conf/local.conf --run-date 2026-11-05"})
    static final class QaBatches extends RunCommand {
        @Option(
                names = "--launch",
                description =
                        "Creates the jobs in SageMaker; repeated, it creates what is missing, and jobs that failed"
                                + " under their next name.")
        private boolean launches;

        @Option(
                names = "--relabel",
                description =
                        "Asks instead for the right class of the items that reviewers of earlier batches disconfirmed or"
                                + " did not agree on; each once.")
        private boolean relabels;

        private QaBatches(Context context) {
            super(context);
        }

        @Override
        Wiring.Wanted wanted() {
            return new Wiring.Wanted(1, false, false, launches, relabels, null);
        }
    }

    /** How right labels are. */
    @Command(
            name = LabelQaJob.NAME,
            description = "How right labels are by class and confidence, from which confidence a class can be trusted,"
                    + " and calibration.",
            footer = {"", "Example:", "  winnow label-qa --conf conf/local.conf --run-date 2026-11-05"})
    static final class LabelQuality extends RunCommand {
        private LabelQuality(Context context) {
            super(context);
        }
    }

    /** Whether rounds helped. */
    @Command(
            name = OutcomesJob.NAME,
            description = "What each signal's labels brought and how targeted segments changed since.",
            footer = {"", "Example:", "  winnow outcomes --conf conf/local.conf --run-date 2026-11-12"})
    static final class Outcomes extends RunCommand {
        private Outcomes(Context context) {
            super(context);
        }
    }

    /** The labels as a training set. */
    @Command(
            name = ExportJob.NAME,
            description = "Writes the labels as a training set: augmented manifest, COCO or Parquet.",
            footer = {"", "Example:", "  winnow export --conf conf/local.conf --run-date 2026-11-05"})
    static final class Export extends RunCommand {
        private Export(Context context) {
            super(context);
        }
    }

    /** The page that people open. */
    @Command(
            name = ReportJob.NAME,
            description = "One self-contained HTML page of the run date, of what the tables hold.",
            footer = {"", "Example:", "  winnow report --conf conf/local.conf --run-date 2026-11-01"})
    static final class Report extends RunCommand {
        private Report(Context context) {
            super(context);
        }
    }

    /** The upkeep of the tables. */
    @Command(
            name = MaintainJob.NAME,
            description = "Merges small files of the output tables, removes old ones, registers the tables in Glue.",
            footer = {"", "Example:", "  winnow maintain --conf conf/local.conf"})
    static final class Maintain extends RunCommand {
        private Maintain(Context context) {
            super(context);
        }

        @Override
        Wiring.Wanted wanted() {
            options.requireNoFrom("it works on all days at once");
            return super.wanted();
        }
    }

    /** Edges of a numeric dimension. */
    @Command(
            name = BinsJob.NAME,
            description = "Stores quantile edges of a numeric dimension under a name, once and for all.",
            footer = {
                "",
                "Example:",
                "  winnow bins --conf conf/local.conf --name brightness-2026 --dimension brightness --run-date 2026-11-01"
            })
    static final class Bins extends RunCommand {
        private static final int MAX_DAYS = 366;

        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "Name to store the edges under; the configuration asks for it by bins = NAME.")
        private String edges;

        @Option(
                names = "--dimension",
                required = true,
                paramLabel = "NAME",
                description = "Dimension of the configuration whose numbers are looked at.")
        private String dimension;

        @Option(
                names = "--count",
                paramLabel = "N",
                defaultValue = "4",
                description = "Intervals with about as many numbers each, default 4.")
        private int count;

        @Option(
                names = "--days",
                paramLabel = "N",
                defaultValue = "1",
                description = "Days to look at, up to and with the run date, default 1.")
        private int days;

        private Bins(Context context) {
            super(context);
        }

        @Override
        Wiring.Wanted wanted() {
            options.requireNoFrom("give --days N to look at several days");
            if (!DimensionSettings.isName(edges)) {
                throw new UsageException("--name " + edges + ": expected " + DimensionSettings.NAME_RULE);
            }
            if (count < 2 || count > DimensionSettings.MAX_EDGES + 1) {
                throw new UsageException(
                        "--count must be from 2 to " + (DimensionSettings.MAX_EDGES + 1) + ", got " + count);
            }
            if (days < 1 || days > MAX_DAYS) {
                throw new UsageException("--days must be from 1 to " + MAX_DAYS + ", got " + days);
            }
            return new Wiring.Wanted(1, false, false, false, false, new BinsJob.Wanted(edges, dimension, count, days));
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
