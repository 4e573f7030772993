package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.runtime.Rounds.Round;
import dev.winnow.testing.MemoryObjects;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private final MemoryObjects objects = new MemoryObjects();
    private final Rounds rounds = new Rounds(objects, "/labeling/", "p");

    @Test
    void sealedAreTheRoundsOfAPipelineWithASealFromADayOnInOrder() {
        for (String file : new String[] {
            "p/rounds/2026-10-02.10/round.json",
            "p/rounds/2026-10-02.2/round.json",
            "p/rounds/2026-10-02.2/job.manifest.jsonl",
            "p/rounds/2026-10-01.1/round.json",
            "p/rounds/2026-09-30.1/round.json",
            "p/rounds/qa-2026-10-02.1/round.json",
            "p/rounds/2026-10-03.1/job.manifest.jsonl",
            "p2/rounds/2026-10-04.1/round.json",
        }) {
            objects.put("/labeling/" + file, "{}");
        }
        LocalDate from = LocalDate.parse("2026-10-01");
        assertThat(rounds.sealed(from))
                .containsExactly(new Round(from, 1), new Round(from.plusDays(1), 2), new Round(from.plusDays(1), 10));
    }
}
