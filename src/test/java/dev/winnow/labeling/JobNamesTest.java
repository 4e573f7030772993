package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobNamesTest {
    private static final String LEGAL = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";

    @ParameterizedTest
    @ValueSource(ints = {63, 50, 40})
    void everyNameIsLegalAndUniqueWithoutRegardToCase(int length) {
        List<String> useCases = List.of(
                "dock",
                "Dock",
                "DOCK",
                "b-c",
                "c",
                "dock 1",
                "dock_1",
                "dock-1",
                "-",
                "",
                "検品",
                "検査",
                "\uD83D\uDE00",
                "a\nb",
                "x".repeat(30_000),
                "x".repeat(30_001),
                "$(rm)/../\"'");
        List<String> names = new ArrayList<>();
        for (String pipeline : List.of("a", "a-b", "a-", "a--b", "p".repeat(40))) {
            for (String useCase : useCases) {
                for (String round : List.of("2026-11-02.1", "2026-11-02.11", "2026-11-03.1")) {
                    names.add(JobNames.of(pipeline, round, useCase, 1, length));
                    names.add(JobNames.of(pipeline, round, useCase, 11, length));
                }
            }
        }
        assertThat(names).allMatch(name -> name.matches(LEGAL) && name.length() <= length);
        assertThat(names.stream().map(name -> name.toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
    }

    @Test
    void aFurtherAttemptHasANameOfItsOwnThatIsLegal() {
        String name = JobNames.of("fleet", "2026-11-02.1", "Dock gates", 2, 63);
        assertThat(JobNames.again(name, 2)).isEqualTo(name + "-2");
        String longest = JobNames.of("p".repeat(40), "2026-11-02.1", "x".repeat(40), 11, 63);
        assertThat(longest).hasSize(63);
        assertThat(JobNames.again(longest, 12))
                .matches(LEGAL)
                .startsWith("p".repeat(35))
                .endsWith(longest.substring(40) + "-12")
                .hasSizeLessThanOrEqualTo(63);
    }

    @Test
    void theSameShardOfTheSameRoundHasTheSameNameForever() {
        assertThat(JobNames.of("fleet", "2026-11-02.1", "Dock gates", 2, 63))
                .isEqualTo("fleet-dock-gates-2026-11-02-1-2-92f78acc");
    }
}
