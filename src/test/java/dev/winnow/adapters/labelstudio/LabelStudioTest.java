package dev.winnow.adapters.labelstudio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What needs no server; the rest is in {@link LabelStudioIT}. */
class LabelStudioTest {
    @ParameterizedTest
    @ValueSource(strings = {"secret\nsecret", "secr\u00e9t", "secret secret"})
    void aTokenThatNoHeaderTakesIsRefusedAndNotShown(String token) {
        assertThatThrownBy(() -> LabelStudio.open("http://127.0.0.1:1", token, "STUDIO_TOKEN", null))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "labeling.label-studio.token-variable: what the variable STUDIO_TOKEN holds is no token")
                .hasMessageNotContaining("secr");
    }

    @Test
    void theLineBreakAtTheEndOfAFileIsNoPartOfTheToken() {
        try (LabelStudio service = LabelStudio.open("http://127.0.0.1:1", "secret\n", "STUDIO_TOKEN", null)) {
            assertThat(service).isNotNull();
        }
    }
}
