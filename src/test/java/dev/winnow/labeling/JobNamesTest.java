package dev.winnow.labeling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class JobNamesTest {
    private static final String LEGAL = "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}";

    @Test
    void everyNameIsLegalAndUniqueWithoutRegardToCase() {
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
                    names.add(JobNames.of(pipeline, round, useCase, 1));
                    names.add(JobNames.of(pipeline, round, useCase, 11));
                }
            }
        }
        assertThat(names).allMatch(name -> name.matches(LEGAL));
        assertThat(names.stream().map(name -> name.toLowerCase(Locale.ROOT))).doesNotHaveDuplicates();
    }

    @Test
    void theSameShardOfTheSameRoundHasTheSameNameForever() {
        assertThat(JobNames.of("fleet", "2026-11-02.1", "Dock gates", 2))
                .isEqualTo("fleet-dock-gates-2026-11-02-1-2-92f78acc");
    }
}
