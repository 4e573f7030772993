package dev.winnow.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Chromium without a screen and without a network that opens local pages. */
public final class Chromium {
    private static final Pattern REQUEST = Pattern.compile("\"url\":\"((?:https?|wss?|ftp):[^\"]*)\"");
    /** Whom the browser calls by itself, or tries to: no page's doing. */
    private static final Pattern ITS_MAKER = Pattern.compile("https?://[a-z0-9.-]+\\.(google|googleapis)\\.com/.*");

    private static final long SECONDS = 90;

    private final String program;

    private Chromium(String program) {
        this.program = program;
    }

    /**
     * A page after its scripts ran.
     *
     * @param markup the document as it then stands
     * @param console what the page or the browser's policy wrote to the console
     * @param requests addresses outside of this machine that it asked for, in vain
     */
    public record Opened(String markup, List<String> console, List<String> requests) {}

    /** Finds the browser; where there is none the test is skipped. */
    public static Chromium installed() {
        Optional<String> found = Stream.of(System.getenv("PATH").split(":"))
                .flatMap(folder -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(Path.of(folder)::resolve))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
        assumeTrue(found.isPresent(), "Chromium is not installed: apt-get install chromium");
        return new Chromium(found.orElseThrow());
    }

    /** Opens a page and waits until it has nothing more to do. */
    public Opened open(Path page, Path work) {
        Path log = work.resolve("net-log.json");
        String markup =
                run(work, List.of("--log-net-log=" + log, "--net-log-capture-mode=Default", "--dump-dom"), page);
        List<String> console = lines(work.resolve("stderr")).stream()
                .filter(line -> line.contains(":CONSOLE"))
                .toList();
        List<String> requests = new ArrayList<>();
        Matcher matcher = REQUEST.matcher(text(log));
        while (matcher.find()) {
            if (!ITS_MAKER.matcher(matcher.group(1)).matches()) {
                requests.add(matcher.group(1));
            }
        }
        return new Opened(markup, console, requests);
    }

    /** Returns how wide a page is that is shown {@code width} pixels wide; more than that has to be scrolled sideways. */
    public int widthAt(Path page, Path work, int width) {
        try {
            Path frame = Files.writeString(work.resolve("frame.html"), """
                    <iframe width="%d" height="800" style="border: 0" src="%s"></iframe><script>
                    const frame = document.querySelector('iframe');
                    frame.onload = () => setTimeout(() => { document.body.append(
                      'width=' + frame.contentDocument.documentElement.scrollWidth + ';'); }, 500);
                    </script>""".formatted(width, page.toUri()));
            String markup = run(work, List.of("--allow-file-access-from-files", "--dump-dom"), frame);
            Matcher found = Pattern.compile("width=(\\d+);").matcher(markup);
            if (!found.find()) {
                throw new IllegalStateException("The page was not shown: " + text(work.resolve("stderr")));
            }
            return Integer.parseInt(found.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Prints a page; returns the number of sheets. */
    public int sheets(Path page, Path work) {
        Path printed = work.resolve("printed.pdf");
        run(work, List.of("--print-to-pdf=" + printed), page);
        try {
            return (int) Pattern.compile("/Type\\s*/Page[^s]")
                    .matcher(Files.readString(printed, StandardCharsets.ISO_8859_1))
                    .results()
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a picture of a page, as a PNG. */
    public void picture(Path page, Path work, Path picture, int width, int height, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--hide-scrollbars", "--window-size=" + width + "," + height, "--screenshot=" + picture));
        run(work, all, page);
    }

    private String run(Path work, List<String> options, Path page) {
        try {
            List<String> command = new ArrayList<>(List.of(
                    program,
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--disable-dev-shm-usage",
                    "--host-resolver-rules=MAP * ~NOTFOUND",
                    "--user-data-dir=" + Files.createTempDirectory(work, "profile"),
                    "--enable-logging=stderr",
                    "--virtual-time-budget=10000"));
            command.addAll(options);
            command.add(page.toUri().toString());
            Path out = work.resolve("stdout");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(work.resolve("stderr").toFile())
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "Chromium did not end within " + SECONDS + " seconds: " + text(work.resolve("stderr")));
            }
            return text(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> lines(Path file) {
        return text(file).lines().toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
