package dev.winnow.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SynonymsTest {
    private static final Synonyms TABLE = Synonyms.with(Map.of());

    @ParameterizedTest
    @CsvSource({
        "Domestic-Cat, domestic_cat", // as the model writes it
        "domestic cats, domestic_cat",
        "lorry, Truck",
        "lorries, lorries", // no grammar beyond an s
        "TRUCKS, Truck",
        "human, person", // by the table, though the model has no such class
        "motor  bikes, motorcycle",
        "fork-lift truck, forklift",
        "forklifts, forklift",
        "glass, glass",
        "bus, bus",
        "cactus, cactus"
    })
    void wordsMeanClasses(String word, String label) {
        assertThat(TABLE.of(List.of("domestic_cat", "Truck")).classOf(word)).contains(label);
    }

    @Test
    void aClassOfTheModelWinsOverWhatTheTableMakesOfItsName() {
        Synonyms.Vocabulary words = TABLE.of(List.of("lorry", "truck"));

        assertThat(words.classOf("lorry")).contains("lorry");
        assertThat(words.classOf("truck")).contains("truck");
        assertThat(TABLE.of(List.of("human")).classOf("person")).contains("human");
    }

    @Test
    void classesThatDifferInCaseOrSignsAloneAreKeptApart() {
        Synonyms.Vocabulary words = TABLE.of(List.of("Person", "person", "defect+", "defect-"));

        for (String label : List.of("Person", "person", "defect+", "defect-")) {
            assertThat(words.classOf(label)).contains(label);
        }
        assertThat(words.classOf("PERSON")).contains("Person");
    }

    @Test
    void textsOfStrangersLeaveNoMarkupAndNoControlCharacters() {
        Synonyms.Vocabulary words = TABLE.of(List.of());

        assertThat(words.classOf("<script>alert('x')</script>\u0000\n")).contains("script alert x script");
        assertThat(words.classOf("\u0007 --- ")).isEmpty();
        assertThat(words.classOf("x".repeat(10_000_000)).orElseThrow()).hasSize(64);
        assertThat(words.classOf("R\u00e9 \uff4b\uff49\uff54\uff45")).contains("r\u00e9 kite");
    }

    @Test
    void additionsWinAndChangeTheVersion() {
        Synonyms more = Synonyms.with(Map.of("Stapler", "forklift", "lorry", "van"));

        assertThat(more.of(List.of()).classOf("staplers")).contains("forklift");
        assertThat(more.of(List.of()).classOf("lorry")).contains("van");
        assertThat(TABLE.version()).isEqualTo("1");
        assertThat(more.version()).matches("1\\+[0-9a-f]{8}");
        assertThat(Synonyms.with(Map.of("stapler", "crane")).version()).isNotEqualTo(more.version());
    }
}
