package dev.winnow.cli;

import dev.winnow.config.S3Settings;
import dev.winnow.generate.FleetSettings;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes up a fleet to try everything with. */
@Command(
        name = GenerateCommand.NAME,
        description = "Writes the input tables of a synthetic fleet with planted weak segments.",
        footer = {"", "Example:", "  winnow generate --out target/demo/fleet --cameras 200 --days 14 --images"})
final class GenerateCommand implements Callable<Integer> {
    static final String NAME = "generate";

    @Option(
            names = "--out",
            required = true,
            paramLabel = "PLACE",
            description = "Folder or URI for inferences/, feedback/, cameras/, truth/ and images/.")
    private String out;

    @Option(
            names = "--run-date",
            paramLabel = "YYYY-MM-DD",
            description = "Last day of the log; default: yesterday, UTC.")
    private @Nullable LocalDate runDate;

    @Option(names = "--cameras", paramLabel = "N", defaultValue = "200", description = "Cameras; default 200.")
    private int cameras;

    @Option(names = "--days", paramLabel = "N", defaultValue = "14", description = "Days of the log; default 14.")
    private int days;

    @Option(
            names = "--frames-per-day",
            paramLabel = "N",
            defaultValue = "100",
            description = "Frames of one camera on one day; default 100.")
    private int framesPerDay;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The same seed makes the same fleet; default 1.")
    private long seed;

    @Option(
            names = "--images",
            paramLabel = "WHICH",
            arity = "0..1",
            defaultValue = "NONE",
            fallbackValue = "ALL",
            description = "Renders small images, too: all, or with --images=marked those that feedback speaks of.")
    private FleetSettings.Images images;

    private final Context context;

    GenerateCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (cameras < 1 || days < 1 || framesPerDay < 1) {
            throw new UsageException("--cameras, --days and --frames-per-day must be at least 1");
        }
        if (images != FleetSettings.Images.NONE && Places.isUri(out) && !out.startsWith("file:")) {
            throw new UsageException("--images writes to a local folder, not to " + out);
        }
        StageRunner runner = new StageRunner(context, "", "");
        SparkSession spark = context.wiring().session("winnow-" + NAME, Map.of(), new S3Settings("", "", false));
        try {
            runner.run(
                    spark,
                    List.of(context.wiring()
                            .generate(
                                    spark,
                                    new Wiring.Fleet(Places.absolute(out), cameras, days, framesPerDay, seed, images))),
                    runDate == null ? RunOptions.yesterday(context.clock()) : runDate);
        } finally {
            context.wiring().stop(spark);
        }
        runner.found().forEach(context.out()::println);
        return 0;
    }
}
