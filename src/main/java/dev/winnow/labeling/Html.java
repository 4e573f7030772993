package dev.winnow.labeling;

import dev.winnow.config.TaskSettings;

/** Plain text inside HTML, which may be a Liquid template too. */
public final class Html {
    private Html() {}

    /** Escapes text for content and quoted attributes; no brace is left, so that no template language sees its own. */
    public static String escaped(String text) {
        StringBuilder html = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("&<>\"'{}%".indexOf(c) >= 0) {
                html.append("&#").append((int) c).append(';');
            } else {
                html.append(c);
            }
        }
        return html.toString();
    }

    /** Returns the paragraph that names the guidelines of a task; empty where it has none. */
    public static String guidelines(TaskSettings task) {
        if (task.guidelinesUri().isEmpty() && task.guidelinesVersion().isEmpty()) {
            return "";
        }
        String uri = escaped(task.guidelinesUri());
        boolean opens = task.guidelinesUri().matches("https?://.*");
        String document = opens ? "<a href=\"" + uri + "\" target=\"_blank\" rel=\"noopener\">" + uri + "</a>" : uri;
        String version = task.guidelinesVersion().isEmpty() ? "" : " version " + escaped(task.guidelinesVersion());
        return "<p>Guidelines" + version + (uri.isEmpty() ? "" : ": " + document) + "</p>";
    }
}
