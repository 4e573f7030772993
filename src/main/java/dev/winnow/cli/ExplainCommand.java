package dev.winnow.cli;

import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.TableStore;
import dev.winnow.report.Explanation;
import java.time.LocalDate;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Why one image was chosen, or not. */
@Command(
        name = ExplainCommand.NAME,
        description = "Says why an image goes to labeling, or what kept it out.",
        footer = {
            "",
            "Example:",
            "  winnow explain s3://bucket/images/c17/0001.jpg --warehouse target/demo/warehouse --date 2026-11-07"
        })
final class ExplainCommand implements Callable<Integer> {
    static final String NAME = "explain";

    @Mixin
    private ReadOptions options;

    @Parameters(
            index = "0",
            paramLabel = "ITEM",
            description = "Id of an item (item-id of a manifest line) or of an inference, or the URI of an image.")
    private String item;

    @Option(
            names = "--date",
            paramLabel = "YYYY-MM-DD",
            description =
                    "Run date; default: that of the newest round that asks for it, else the newest with candidates.")
    private @Nullable LocalDate date;

    private final Context context;

    ExplainCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        ReadOptions.Place place = options.place(context.wiring()::objects);
        SparkSession spark = context.wiring().session("winnow-" + NAME, place.spark(), place.s3());
        try {
            TableStore tables = context.wiring().tables(spark, place.warehouse(), ExplainCommand::forbidCommit);
            try (ObjectStore objects = context.wiring().objects(place.s3())) {
                Explanation.of(tables, objects, item, date).forEach(context.out()::println);
            }
        } finally {
            context.wiring().stop(spark);
        }
        return 0;
    }

    private static void forbidCommit() {
        throw new IllegalStateException("explain tried to commit");
    }
}
