package dev.winnow.maintenance;

import dev.winnow.config.ConfigException;
import dev.winnow.config.MaintainSettings;
import dev.winnow.ports.Stage;
import dev.winnow.ports.TableCatalog;
import dev.winnow.ports.TableCatalog.Change;
import dev.winnow.ports.TableStore;
import dev.winnow.ports.TableUpkeep;
import dev.winnow.ports.TableUpkeep.Kept;
import dev.winnow.tables.TableDef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every output table of a warehouse in few files, removes files that nothing reads any more, and registers the tables in
 * a catalog.
 *
 * <p>It looks at all that is there, of every pipeline and day: what day it runs for makes no difference.
 */
public final class MaintainJob implements Stage {
    /** Name of the command. */
    public static final String NAME = "maintain";

    private static final long BYTES_PER_MEBIBYTE = 1L << 20;

    private final MaintainSettings settings;
    private final TableStore tables;
    private final TableUpkeep upkeep;
    private final String warehouse;
    private final List<TableDef> declared;
    private final Function<MaintainSettings.Glue, TableCatalog> catalogs;

    /**
     * Creates the job.
     *
     * @param warehouse root of the tables
     * @param declared tables that are Winnow's; what else lies in the warehouse is let alone
     * @param catalogs opens the catalog; called if the settings name a database
     */
    public MaintainJob(
            MaintainSettings settings,
            TableStore tables,
            TableUpkeep upkeep,
            String warehouse,
            List<TableDef> declared,
            Function<MaintainSettings.Glue, TableCatalog> catalogs) {
        this.settings = settings;
        this.tables = tables;
        this.upkeep = upkeep;
        this.warehouse = warehouse;
        this.declared = declared;
        this.catalogs = catalogs;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Report run(LocalDate day) {
        if (settings.glue().database().isEmpty()) {
            return run((TableCatalog) null);
        }
        if (!warehouse.matches("s3a?://.+")) {
            throw new ConfigException("maintain.glue.database: the tables of " + warehouse
                    + " can't be registered, only those on S3; leave the key empty");
        }
        try (TableCatalog catalog = catalogs.apply(settings.glue())) {
            return run(catalog);
        }
    }

    private Report run(@Nullable TableCatalog catalog) {
        List<String> sentences = new ArrayList<>();
        Set<String> there = new TreeSet<>(tables.names());
        for (TableDef table : declared) {
            if (there.contains(table.name())) {
                String registered = catalog == null ? "" : register(catalog, table);
                Kept kept =
                        upkeep.keep(table.name(), settings.fileMebibytes() * BYTES_PER_MEBIBYTE, settings.retention());
                sentences.add(String.format(
                        Locale.ROOT,
                        "%s: %,d files before, %,d after; %,d old files of %,d bytes removed%s",
                        table.name(),
                        kept.filesBefore(),
                        kept.filesAfter(),
                        kept.removedFiles(),
                        kept.removedBytes(),
                        registered));
            }
        }
        return new Report(0, 0, 0, 0, "", sentences);
    }

    private String register(TableCatalog catalog, TableDef table) {
        Change change = catalog.register(new TableCatalog.Entry(
                table.name(),
                table.comment(),
                warehouse.replaceFirst("^s3a:", "s3:").replaceAll("/+$", "") + "/" + table.name(),
                tables.readStored(table.name()).schema()));
        return switch (change) {
            case CREATED -> "; registered in " + catalog.name();
            case UPDATED -> "; brought up to date in " + catalog.name();
            case NONE -> "";
        };
    }
}
