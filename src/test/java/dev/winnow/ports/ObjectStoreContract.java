package dev.winnow.ports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.winnow.ports.ObjectStore.Versioned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every object store keeps; its subclasses bring the store and an empty place in it. */
public abstract class ObjectStoreContract {
    private static final int THREADS = 8;

    @TempDir
    Path files;

    protected abstract ObjectStore objects();

    /** A prefix with nothing below it, ending in a slash. */
    protected abstract String root();

    @Test
    void whatWasPutIsReadAndReplacedAndDeleted() {
        String uri = root() + "a/b/round.json";
        assertThat(objects().get(uri)).isEmpty();
        assertThat(objects().exists(uri)).isFalse();

        objects().put(uri, "größer €");
        assertThat(objects().exists(uri)).isTrue();
        Versioned first = objects().get(uri).orElseThrow();
        assertThat(first.text()).isEqualTo("größer €");

        objects().put(uri, "");
        Versioned second = objects().get(uri).orElseThrow();
        assertThat(second.text()).isEmpty();
        assertThat(second.version()).isNotEqualTo(first.version());

        objects().delete(uri);
        objects().delete(uri);
        assertThat(objects().get(uri)).isEmpty();
        assertThat(objects().exists(uri)).isFalse();
    }

    @Test
    void aFileIsPutWhole() throws IOException {
        Path file = files.resolve("manifest.jsonl");
        Files.writeString(file, "{}\n".repeat(100_000));
        objects().put(root() + "manifest.jsonl", file);
        assertThat(objects().get(root() + "manifest.jsonl").orElseThrow().text())
                .isEqualTo(Files.readString(file));
    }

    @Test
    void bytesArePutAndReadUpToALimit() {
        byte[] bytes = new byte[70_000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        String uri = root() + "images/a.jpg";
        assertThat(objects().read(uri, 10)).isEmpty();

        objects().put(uri, bytes);
        assertThat(objects().read(uri, bytes.length)).get().isEqualTo(bytes);
        assertThat(objects().read(uri, Integer.MAX_VALUE)).get().isEqualTo(bytes);
        assertThat(objects().read(uri, 3)).get().isEqualTo(new byte[] {0, 31, 62});

        objects().put(uri, new byte[0]);
        assertThat(objects().read(uri, 3)).get().isEqualTo(new byte[0]);
    }

    @Test
    void keysAreTakenAsTheyAre() {
        String uri = root() + "use_case=a b/100%25 + ü#1.json";
        objects().put(uri, "x");
        assertThat(objects().get(uri).orElseThrow().text()).isEqualTo("x");
        assertThat(objects().list(root())).containsExactly(uri);
    }

    @Test
    void aPrefixListsWhatStartsWithItSorted() {
        List<String> names = List.of("jobs/2/b.json", "jobs/1/a.json", "jobs-old.json", "jobs/10/c.json", "other");
        names.forEach(name -> objects().put(root() + name, name));
        assertThat(objects().list(root() + "jobs/"))
                .containsExactly(root() + "jobs/1/a.json", root() + "jobs/10/c.json", root() + "jobs/2/b.json");
        assertThat(objects().list(root() + "jobs")).hasSize(4).startsWith(root() + "jobs-old.json");
        assertThat(objects().list(root())).hasSize(5).isSorted();
        assertThat(objects().list(root() + "nothing/")).isEmpty();
    }

    @Test
    void putIfAbsentPutsOnce() {
        String uri = root() + "sealed.json";
        assertThat(objects().putIfAbsent(uri, "first")).isTrue();
        assertThat(objects().putIfAbsent(uri, "second")).isFalse();
        assertThat(objects().putIfAbsent(uri, "first")).isFalse();
        assertThat(objects().get(uri).orElseThrow().text()).isEqualTo("first");
    }

    @Test
    void onlyTheVersionThatWasReadIsReplaced() {
        String uri = root() + "counter";
        assertThat(objects().replaceIfUnchanged(uri, "\"none\"", "x")).isFalse();
        objects().put(uri, "1");
        String version = objects().get(uri).orElseThrow().version();
        assertThat(objects().replaceIfUnchanged(uri, version, "2")).isTrue();
        assertThat(objects().replaceIfUnchanged(uri, version, "3")).isFalse();
        assertThat(objects().get(uri).orElseThrow().text()).isEqualTo("2");
        objects().delete(uri);
        assertThat(objects().replaceIfUnchanged(uri, version, "4")).isFalse();
        assertThat(objects().exists(uri)).isFalse();
    }

    @Test
    void ofThreadsThatPutTheSameObjectOneWins() throws Exception {
        for (int round = 0; round < 10; round++) {
            String uri = root() + "race/" + round;
            List<String> winners = new ArrayList<>();
            List<String> texts = IntStream.range(0, THREADS)
                    .mapToObj(i -> i + ":" + UUID.randomUUID())
                    .toList();
            List<Boolean> won = inParallel(texts.stream()
                    .map(text -> (Callable<Boolean>) () -> objects().putIfAbsent(uri, text))
                    .toList());
            for (int i = 0; i < THREADS; i++) {
                if (won.get(i)) {
                    winners.add(texts.get(i));
                }
            }
            assertThat(winners).containsExactly(objects().get(uri).orElseThrow().text());
        }
    }

    @Test
    void racingReplacementsLoseNoUpdate() throws Exception {
        String uri = root() + "counter";
        objects().put(uri, "0");
        int each = 13;
        inParallel(IntStream.range(0, THREADS)
                .mapToObj(thread -> (Callable<Boolean>) () -> {
                    for (int done = 0; done < each; ) {
                        Versioned seen = objects().get(uri).orElseThrow();
                        String next = Integer.toString(Integer.parseInt(seen.text()) + 1);
                        done += objects().replaceIfUnchanged(uri, seen.version(), next) ? 1 : 0;
                    }
                    return true;
                })
                .toList());
        assertThat(objects().get(uri).orElseThrow().text()).isEqualTo(Integer.toString(THREADS * each));
    }

    @Test
    void aHalfWrittenObjectIsNeverSeen() throws Exception {
        String uri = root() + "big.json";
        int size = 1 << 20;
        AtomicBoolean writing = new AtomicBoolean(true);
        inParallel(List.of(
                () -> {
                    try {
                        for (int i = 0; i < 20; i++) {
                            objects().put(uri, Character.toString('a' + i).repeat(size));
                        }
                        return true;
                    } finally {
                        writing.set(false);
                    }
                },
                () -> {
                    while (writing.get()) {
                        assertThat(objects().list(root())).isSubsetOf(uri);
                        objects()
                                .get(uri)
                                .ifPresent(seen -> assertThat(seen.text())
                                        .hasSize(size)
                                        .isEqualTo(seen.text().substring(0, 1).repeat(size)));
                    }
                    return true;
                }));
    }

    private static <T> List<T> inParallel(List<Callable<T>> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(work.size());
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(work)) {
                results.add(result.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
