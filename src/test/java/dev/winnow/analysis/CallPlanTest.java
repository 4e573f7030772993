package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.winnow.analysis.CallPlan.Size;
import dev.winnow.config.ModelSettings;
import dev.winnow.config.ModelSettings.ImageTier;
import dev.winnow.testing.Configs;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallPlanTest {
    @ParameterizedTest
    @CsvSource({
        "STANDARD, 1092, 1092, 1521", // the vendor's own examples
        "STANDARD, 640, 480, 414",
        "STANDARD, 1, 1, 1",
        "STANDARD, 1568, 784, 1568",
        "STANDARD, 8000, 8000, 1568",
        "STANDARD, 3136, 280, 280",
        "LARGE, 1568, 1568, 3136",
        "LARGE, 8000, 8000, 4784",
    })
    void anImageTakesATokenForEachPatchAfterScaling(ImageTier tier, int width, int height, long tokens) {
        assertThat(CallPlan.imageTokens(tier, new Size(width, height))).isEqualTo(tokens);
    }

    @Test
    void aPlanIsOneCallAnImageAndDollarsAtMost() {
        ModelSettings model = Configs.of(
                        "analysis.model { id = m, input-price = 3, output-price = 15, max-tokens = 1000 }")
                .analysis()
                .model();
        Prompt prompt = Prompt.load();
        CallPlan one = CallPlan.of(model, prompt, List.of("person"), List.of(new Size(640, 480)));
        CallPlan plan = CallPlan.of(model, prompt, List.of("person"), Collections.nCopies(500, new Size(640, 480)));

        assertThat(one.inputTokens()).isBetween(1_500L, 3_500L);
        assertThat(plan.calls()).isEqualTo(500);
        assertThat(plan.inputTokens()).isEqualTo(500 * one.inputTokens());
        assertThat(plan.outputTokens()).isEqualTo(500_000);
        assertThat(plan.dollars()).isCloseTo(plan.inputTokens() * 3e-6 + 7.5, within(1e-6));
        assertThat(CallPlan.of(model, prompt, List.of(), List.of())).isEqualTo(new CallPlan(0, 0, 0, 0));
    }
}
