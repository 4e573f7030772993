package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.config.ConfigException;
import dev.winnow.ports.Stage;
import dev.winnow.testing.Configs;
import dev.winnow.testing.FakeTables;
import dev.winnow.testing.MemoryObjects;
import dev.winnow.testing.SparkExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandStagesTest {
    private static List<String> names(String command, String hocon, Wiring.Wanted wanted) {
        Wiring.Run run = new Wiring.Run(
                Configs.of(hocon),
                SparkExtension.session(),
                new FakeTables(),
                new MemoryObjects(),
                "attempt",
                () -> {},
                LocalDate.parse("2026-10-01"),
                wanted);
        return new CommandStages(run, LocalObjects::new, List.of())
                .of(command).stream().map(Stage::name).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ':',
            value = {
                "check: check",
                "segments: segments",
                "analyze: analyze",
                "candidates: candidates",
                "select: select",
                "manifests: manifests",
                "curate: segments analyze candidates select manifests report",
                "jobs sync: jobs sync",
                "ingest: ingest",
                "consensus: consensus follow-up",
                "label-qa: label-qa",
                "qa-batches: qa-batches",
                "outcomes: outcomes",
                "export: export",
                "report: report",
                "maintain: maintain"
            })
    void aCommandHasItsStagesInOrder(String command, String stages) {
        assertThat(String.join(" ", names(command, "", Wiring.Wanted.NOTHING))).isEqualTo(stages);
    }

    @Test
    void jobsAreLaunchedAndItemsRelabeledWhereThatIsAskedFor() {
        Wiring.Wanted launched = new Wiring.Wanted(1, false, false, true, false, null);
        Wiring.Wanted relabeled = new Wiring.Wanted(1, false, false, true, true, null);

        assertThat(names("manifests", "", launched)).containsExactly("manifests", "launch");
        assertThat(names("qa-batches", "", launched)).containsExactly("qa-batches", "launch");
        assertThat(names("qa-batches", "", relabeled)).containsExactly("relabel", "launch");
        assertThat(names("label-qa", "quality.auto-labels.share = 0.5", Wiring.Wanted.NOTHING))
                .containsExactly("label-qa", "auto-labels");
    }

    /** Each step may be submitted by itself, and one of them pays a model. */
    @ParameterizedTest
    @ValueSource(strings = {"segments", "analyze", "candidates", "select", "manifests", "curate"})
    void aRoundThatCanNotBeMadeIsRefusedBeforeItsFirstStep(String command) {
        assertThatThrownBy(() -> names(command, "use-cases.default.budget = 80000", Wiring.Wanted.NOTHING))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("too large for one round");
    }

    @Test
    void jobsSplitByARegionOfNoSiteAreRefusedBeforeAnythingIsChosenOrPaid(@TempDir Path folder) throws IOException {
        Path cameras = Files.writeString(folder.resolve("cameras.json"), "{\"camera_id\":\"c\",\"region\":\"west\"}\n");
        String hocon = "inputs.cameras { path = \"" + cameras + "\", format = json, dimensions.region = region },"
                + " labeling.tasks.dock.split-by = region";
        for (String command : List.of("segments", "analyze", "candidates", "select", "curate")) {
            assertThatThrownBy(() -> names(command, hocon, Wiring.Wanted.NOTHING))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("split-by = region needs the sites of cameras");
        }
        for (String command : List.of("check", "manifests", "jobs sync", "ingest", "consensus", "report")) {
            assertThat(names(command, hocon, Wiring.Wanted.NOTHING)).isNotEmpty();
        }
    }
}
