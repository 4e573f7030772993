package dev.winnow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.tables.DataDictionary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The data dictionary that analysts read is the declarations'; {@code -Dgolden.update=true} writes it anew. */
class TablesPageTest {
    @Test
    void thePageIsCurrent() throws IOException {
        Path page = Path.of("jobs/TABLES.md");
        String current = DataDictionary.markdown(new AppWiring().declared());
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(page, current);
        }
        assertThat(page).content().isEqualTo(current);
    }
}
