package dev.winnow.runtime;

import dev.winnow.ports.ImageStore;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Images in an object store; URI prefixes may be aliased to where a copy lies. */
public final class AliasedImages implements ImageStore {
    private static final int AT_ONCE = 32;

    private final ObjectStore objects;
    private final Map<String, String> aliases;

    /** Looks images up in {@code objects}, under {@code aliases} (prefix to prefix) where one fits. */
    public AliasedImages(ObjectStore objects, Map<String, String> aliases) {
        this.objects = objects;
        this.aliases = Map.copyOf(aliases);
    }

    /** Returns where the image is read from: the longest alias that fits wins. */
    public String location(String uri) {
        return aliases.entrySet().stream()
                .filter(alias -> uri.startsWith(alias.getKey()))
                .max(Map.Entry.comparingByKey(Comparator.comparingInt(String::length)))
                .map(alias -> alias.getValue() + uri.substring(alias.getKey().length()))
                .orElse(uri);
    }

    @Override
    public Set<String> missing(Collection<String> uris) {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<String> asked = new ArrayList<>(uris);
            List<Future<Boolean>> answers = new ArrayList<>();
            for (String uri : asked) {
                answers.add(pool.submit(() -> objects.exists(location(uri))));
            }
            Set<String> missing = new TreeSet<>();
            for (int i = 0; i < asked.size(); i++) {
                if (!answers.get(i).get()) {
                    missing.add(asked.get(i));
                }
            }
            return missing;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ServiceException service) {
                throw service;
            }
            throw new IllegalStateException("Looking up images failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServiceException.passing("Interrupted while looking up images", e);
        } finally {
            pool.shutdownNow();
        }
    }
}
