package dev.winnow.segments;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.inputs.Feedback;
import dev.winnow.runtime.CellVersion;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Fails when the code changes the meaning of cells and their version says nothing of it. */
class CellRulesTest {
    @Test
    void theVersionOfCellsNamesTheBinsTheKeyAndTheVerdicts() {
        assertThat(CellVersion.RULES)
                .startsWith("bins=" + ExposureDaily.BINS + ";")
                .contains(";key=site,camera,use_case,model_version,label;", ";verdicts=2;");
        assertThat(Cells.keys(List.of())).containsExactly("site_id", "camera_id", "use_case", "model_version", "label");
        assertThat(Feedback.VERDICTS).containsExactly("FALSE_POSITIVE", "CONFIRMED", "MISSED", "RELABELED");
    }
}
