package dev.winnow.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfusionsTest {
    @Test
    void classesThatAreMixedUpStandTogetherHoweverTheyAreConnected() {
        Confusions confusions = new Confusions();
        confusions.add("cat", "cat", 90);
        confusions.add("cat", "dog", 10);
        confusions.add("dog", "wolf", 20);
        confusions.add("ship", "plane", 5);
        confusions.add("ship", "ship", 95);
        confusions.add("car", "van", 4); // too few to tell
        confusions.add("bird", "bird", 1_000);
        confusions.add("bird", "frog", 40); // below the share

        assertThat(confusions.groups(.05))
                .isEqualTo(Map.of(
                        "cat", List.of("dog", "wolf"),
                        "dog", List.of("cat", "wolf"),
                        "wolf", List.of("cat", "dog"),
                        "plane", List.of("ship"),
                        "ship", List.of("plane")));
        assertThat(confusions.groups(.5)).containsOnlyKeys("dog", "wolf");
        assertThat(new Confusions().groups(.05)).isEmpty();
    }
}
