package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.testing.Configs;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
