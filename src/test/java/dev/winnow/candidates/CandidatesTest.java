package dev.winnow.candidates;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.stats.Digest;
import dev.winnow.testing.Configs;
import dev.winnow.testing.SparkExtension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    @Test
    void everySignalWithAScoreHasItsWeightInTheConfigurationAndNoOtherHas() {
        assertThat(Candidates.SCORED.stream().map(Candidates::settingOf))
                .containsExactlyInAnyOrderElementsOf(UseCaseSettings.SIGNALS);
    }

    @Test
    void thePoolIsAMultipleOfTheBudgetAndOfASmallOneAtLeastAThousand() {
        WinnowConfig config = Configs.of("""
                selection.pool-factor = 20
                use-cases { default.budget = 5, dock.budget = 300 }
                """);
        assertThat(Candidates.poolSize(config, "dock")).isEqualTo(6_000);
        assertThat(Candidates.poolSize(config, "gate")).isEqualTo(1_000);
    }

    @Test
    void largeBudgetsShareWhatTheDriverCanHold() {
        WinnowConfig config = Configs.of("""
                selection.pool-factor = 20
                use-cases { default.budget = 100, dock.budget = 49900, gate.budget = 10000 }
                """);
        long room = Candidates.MAX_POOL / 7 - 3 * 1_000;
        assertThat(Candidates.poolSize(config, "dock")).isEqualTo(room * 49_900 / 60_000);
        assertThat(Candidates.poolSize(config, "gate")).isEqualTo(room * 10_000 / 60_000);
        assertThatNoException().isThrownBy(() -> Candidates.requireBounded(config, Set.of("default", "dock", "gate")));
    }

    /** Whoever writes a text to be labeled may write line breaks. */
    @Test
    void noTwoItemsShareAnIdWhateverTheyHoldAndOrdinaryOnesAreHashesOfTheirLines() {
        List<List<String>> items = new ArrayList<>();
        List<String> parts = Arrays.asList(null, "", "a", "\n", "a\n", "\na", "a\na", "1:a", "\n\n\n1:a", "a\n1:a");
        for (String useCase : parts.subList(1, parts.size())) {
            for (String image : parts.subList(1, parts.size())) {
                parts.forEach(label -> items.add(Arrays.asList(useCase, image, label)));
            }
        }
        List<Row> rows =
                items.stream().map(item -> RowFactory.create(item.toArray())).toList();
        StructType schema =
                new StructType().add("u", "string").add("i", "string").add("l", "string");
        List<Row> ids = SparkExtension.session()
                .createDataFrame(rows, schema)
                .select(Candidates.item(col("u"), col("i"), col("l")), col("u"), col("i"), col("l"))
                .collectAsList();
        assertThat(ids).extracting(row -> row.getString(0)).doesNotHaveDuplicates();
        assertThat(ids)
                .filteredOn(row -> IntStream.range(1, 4)
                        .noneMatch(part ->
                                !row.isNullAt(part) && row.getString(part).contains("\n")))
                .hasSize(3 * 3 * 4)
                .allMatch(row -> row.getString(0)
                        .equals(Digest.ofText(row.getString(1) + "\n" + row.getString(2)
                                        + (row.isNullAt(3) ? "" : "\n" + row.getString(3)))
                                .substring(0, 32)));
    }

    @Test
    void budgetsThatLeaveNothingToChooseFromAreRefused() {
        WinnowConfig config = Configs.of("use-cases.default.budget = 80000");
        assertThatThrownBy(() -> Candidates.requireBounded(config, Set.of("default")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("at most 1,000,000 candidates fit the driver")
                .hasMessageContaining("lower use-cases.<name>.budget");
    }

    @Test
    void manyUseCasesOfSmallBudgetsAreRefusedToo() {
        WinnowConfig config = Configs.of("use-cases.default.budget = 10");
        Set<String> found = IntStream.range(0, 200).mapToObj(i -> "u" + i).collect(Collectors.toSet());
        assertThatThrownBy(() -> Candidates.requireBounded(config, found)).isInstanceOf(ConfigException.class);
    }
}
