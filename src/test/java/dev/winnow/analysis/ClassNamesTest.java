package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.TrainingSet.Count;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClassNamesTest {
    private static ClassNames names(Map<String, Boolean> labels, List<String> configured, Count... counts) {
        return new ClassNames(Synonyms.with(Map.of("lorry", "truck")), labels, configured, List.of(counts));
    }

    private static Count count(String label, long samples) {
        return new Count(null, label, null, null, samples, samples / 2);
    }

    @Test
    void alarmsSayHowAClassIsWrittenAndTrainingAndCustomersFollow() {
        ClassNames names = names(
                Map.of("person", true, "truck", true, "Persons", false, "LORRY", false),
                List.of("Person"),
                count("Person", 10),
                count("person", 4),
                count("truck", 2),
                count("tram", 6));

        assertThat(names.names())
                .isEqualTo(Map.of("person", "person", "truck", "truck", "Persons", "person", "LORRY", "truck"));
        assertThat(names.training())
                .containsExactlyInAnyOrder(
                        new Count(null, "person", null, null, 14, 7),
                        new Count(null, "truck", null, null, 2, 1),
                        new Count(null, "tram", null, null, 6, 3));
        assertThat(names.isClass("tram")).isTrue();
        assertThat(names.isClass("Person")).isFalse();
    }

    @Test
    void spellingsOfAWordThatIsNoClassAreOneWordAndSignsAreNone() {
        ClassNames names = names(Map.of("bag", true, "Deer", false, "deer ", false, "?!", false), List.of());

        assertThat(names.names()).isEqualTo(Map.of("bag", "bag", "Deer", "deer", "deer ", "deer"));
        assertThat(names.isClass("deer")).isFalse();
    }
}
