package dev.winnow.testing;

import java.util.List;
import java.util.Random;

/** Names that nobody chose with care. */
public final class HostileNames {
    private static final List<String> PIECES = List.of(
            "\"",
            "'",
            "\\",
            "\n",
            "\t",
            "\r\n",
            "\u0000",
            "\u001b[31m",
            "\u2028",
            "\u0085",
            "\uD83D\uDE00",
            "\uD800",
            "日本",
            "$",
            "${x}",
            "{{ task.input }}",
            "{% raw %}",
            "..",
            "/../../etc",
            "</script>",
            "<b>&amp;",
            "-",
            "_",
            " ",
            "-metadata",
            "-ref",
            "a",
            "@labels@",
            "x".repeat(300),
            "x".repeat(30_000),
            "日".repeat(30_000));

    private HostileNames() {}

    /** Returns none to four pieces one after another; it may be empty or blank. */
    public static String of(Random random) {
        StringBuilder name = new StringBuilder();
        int pieces = random.nextInt(5);
        for (int i = 0; i < pieces; i++) {
            name.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return name.toString();
    }
}
