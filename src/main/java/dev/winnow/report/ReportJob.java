package dev.winnow.report;

import dev.winnow.config.WinnowConfig;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableStore;
import java.time.LocalDate;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Writes the page of a run date to {@code <root>/<pipeline>/<run date>.html}, replacing the one before.
 *
 * <p>It reads the output tables alone; a table without rows of the day leaves its block out. The attempt that runs it is
 * not in the ledger yet, so the page holds attempts that ended before.
 */
public final class ReportJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "report";

    private final WinnowConfig config;
    private final TableStore tables;
    private final ObjectStore objects;
    private final UnaryOperator<String> images;
    private final String root;
    private final Runnable beforeCommit;

    /**
     * Creates the job.
     *
     * @param images image URI to where the image is read from
     * @param root where reports go, an absolute path or a URI
     * @param beforeCommit the lease's check, called before the page is put
     */
    public ReportJob(
            WinnowConfig config,
            TableStore tables,
            ObjectStore objects,
            UnaryOperator<String> images,
            String root,
            Runnable beforeCommit) {
        this.config = config;
        this.tables = tables;
        this.objects = objects;
        this.images = images;
        this.root = root;
        this.beforeCommit = beforeCommit;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        Thumbnails thumbnails = config.report().thumbnails() ? new LocalThumbnails(objects, images) : Thumbnails.NONE;
        String page =
                Page.of("Winnow " + config.pipeline() + " " + day, ReportData.of(tables, config, day, thumbnails));
        String uri = root + "/" + config.pipeline() + "/" + day + ".html";
        beforeCommit.run();
        objects.put(uri, page);
        return new Report(0, 0, 0, 0, "", List.of("The page of " + day + ": " + uri));
    }
}
