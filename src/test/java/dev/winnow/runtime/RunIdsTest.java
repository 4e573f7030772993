package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class RunIdsTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 2);

    @Test
    void anIdStaysTheSameForever() {
        assertThat(RunIds.of("street", "segments", DAY, "{\"a\":1}", "f00d")).isEqualTo("27bd4e110841bac3");
    }

    @Test
    void everyFieldCounts() {
        assertThat(RunIds.of("street", "segments", DAY, "{}", ""))
                .isNotEqualTo(RunIds.of("yard", "segments", DAY, "{}", ""))
                .isNotEqualTo(RunIds.of("street", "candidates", DAY, "{}", ""))
                .isNotEqualTo(RunIds.of("street", "segments", DAY.plusDays(1), "{}", ""))
                .isNotEqualTo(RunIds.of("street", "segments", DAY, "{ }", ""))
                .isNotEqualTo(RunIds.of("street", "segments", DAY, "{}", "f00d"));
    }

    @Test
    void neighbouringFieldsDoNotRunTogether() {
        assertThat(RunIds.of("ab", "c", DAY, "{}", "x")).isNotEqualTo(RunIds.of("a", "bc", DAY, "{}", "x"));
        assertThat(RunIds.of("a", "b", DAY, "{}", "x")).isNotEqualTo(RunIds.of("a", "b", DAY, "{}x", ""));
    }
}
