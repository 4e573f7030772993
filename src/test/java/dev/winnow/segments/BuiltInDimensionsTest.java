package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.config.InputSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Names and numbers of the segments that the floor repeats, since it may not know this room. */
class BuiltInDimensionsTest {
    @Test
    void theConfigurationRefusesExactlyTheNamesThatEverySegmentReportHas() {
        assertThat(InputSettings.BUILT_IN_DIMENSIONS)
                .containsExactlyInAnyOrderElementsOf(Windows.dimensions(List.of(), List.of()).stream()
                        .map(Lattice.Dimension::name)
                        .toList());
    }
}
