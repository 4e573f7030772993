package dev.winnow.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.UseCaseSettings;
import dev.winnow.config.WinnowConfig;
import dev.winnow.testing.Configs;
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
}
