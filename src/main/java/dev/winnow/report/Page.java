package dev.winnow.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The page as one HTML file: a template, its style, the drawing library, the script that draws, and the data.
 *
 * <p>A content security policy forbids every request and every script but these two, which it knows by their hashes; markup
 * that slipped in with the data could neither run nor call anyone. The policy also keeps the page's own script from turning
 * text into markup (trusted types).
 */
final class Page {
    /** D3, ISC license: the version that the build depends on. */
    static final String LIBRARY = "/META-INF/resources/webjars/d3/7.9.0/dist/d3.min.js";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z]+)}}");

    /** What would end a script element before its time, or hide what follows. */
    private static final Pattern ENDS_SCRIPT = Pattern.compile("(?i)</script|<!--");

    private Page() {}

    /**
     * Returns the page.
     *
     * @param title fit for HTML as it is
     */
    static String of(String title, JsonNode data) {
        String library = script(LIBRARY);
        String script = script("report.js");
        String policy = "default-src 'none'; script-src " + hash(library) + " " + hash(script)
                + "; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
                + "; require-trusted-types-for 'script'";
        Map<String, String> parts = Map.of(
                "title", title,
                "policy", policy,
                "style", resource("report.css"),
                "data", Json.forHtml(data),
                "library", library,
                "script", script);
        return PLACEHOLDER
                .matcher(resource("report.html"))
                .replaceAll(placeholder -> Matcher.quoteReplacement(parts.get(placeholder.group(1))));
    }

    /** The hash is of what stands between the tags, where browsers read a line's end as one character. */
    private static String script(String name) {
        String text = resource(name).replace("\r\n", "\n");
        if (ENDS_SCRIPT.matcher(text).find()) {
            throw new IllegalStateException("The script " + name + " can't stand inside a page");
        }
        return text;
    }

    private static String hash(String script) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("The build lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
