package dev.winnow.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PageTest {
    private static List<String> all(String regex, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(regex, Pattern.DOTALL).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void thePolicyAllowsTheTwoScriptsByTheirHashesAndNoRequest() throws Exception {
        String page = Page.of("t", Json.object());
        String policy =
                all("Content-Security-Policy\" content=\"([^\"]*)\"", page).get(0);
        List<String> hashes = new ArrayList<>();
        for (String script : all("<script>(.*?)</script>", page)) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            hashes.add("'sha256-" + Base64.getEncoder().encodeToString(hash) + "'");
        }
        assertThat(hashes).hasSize(2);
        assertThat(policy)
                .startsWith("default-src 'none'; script-src " + String.join(" ", hashes) + ";")
                .contains("img-src data:;", "require-trusted-types-for 'script'")
                .doesNotContain("http", "connect-src", "unsafe-eval");
    }

    @Test
    void theMarkupRefersToNothingOutside() {
        String page = Page.of("t", Json.object()).replaceAll("(?s)<script>.*?</script>|<style>.*?</style>", "");
        assertThat(all("(?:src|href|action)=\"([^\"]*)\"", page)).allMatch(place -> place.matches("#.*|data:,"));
        assertThat(page).doesNotContain("http:", "https:", "@import", "url(");
    }

    @Test
    void dataIsNeverReadAsATemplate() {
        String page = Page.of("t", Json.object().put("x", "{{script}}$1\\"));
        assertThat(page).contains("{\"x\":\"{{script}}$1\\\\\"}");
    }
}
