package dev.winnow.runtime;

import dev.winnow.ports.ImageStore;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Images in an object store; URI prefixes may be aliased to where a copy lies. */
public final class AliasedImages implements ImageStore {
    private static final Logger LOG = LoggerFactory.getLogger(AliasedImages.class);
    private static final int AT_ONCE = 32;

    /** Largest image of a labeling job, 40 MB (SageMaker developer guide, input data quotas). */
    static final long MAX_BYTES = 40_000_000;

    private final ObjectStore objects;
    private final Map<String, String> aliases;

    /** Whether the store has answered for any image: then what it refuses is about that image, not about us. */
    private final AtomicBoolean answered = new AtomicBoolean();

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

    /**
     * {@inheritDoc}
     *
     * <p>An image that the store refuses, in a bucket that nobody gave access to, counts as missing; unless it refuses all
     * that it is asked for.
     */
    @Override
    public Set<String> missing(Collection<String> uris) {
        ExecutorService pool = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<String> asked = new ArrayList<>(uris);
            List<Future<Boolean>> answers = new ArrayList<>();
            for (String uri : asked) {
                answers.add(pool.submit(() -> canBeShown(objects.size(location(uri)))));
            }
            Set<String> missing = new TreeSet<>();
            List<ServiceException> refusals = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                try {
                    if (!answers.get(i).get()) {
                        missing.add(asked.get(i));
                    }
                    answered.set(true);
                } catch (ExecutionException e) {
                    refusals.add(refusal(e));
                    missing.add(asked.get(i));
                }
            }
            if (!refusals.isEmpty()) {
                if (!answered.get()) {
                    throw refusals.get(0);
                }
                LOG.warn(
                        "{} images can't be looked up and count as missing; the first: {}",
                        refusals.size(),
                        refusals.get(0).getMessage());
            }
            return missing;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ServiceException.passing("Interrupted while looking up images", e);
        } finally {
            pool.shutdownNow();
        }
    }

    private static boolean canBeShown(OptionalLong bytes) {
        return bytes.isPresent() && bytes.getAsLong() > 0 && bytes.getAsLong() <= MAX_BYTES;
    }

    private static ServiceException refusal(ExecutionException failure) {
        if (!(failure.getCause() instanceof ServiceException service)) {
            throw new IllegalStateException("Looking up images failed", failure.getCause());
        }
        if (service.retryable()) {
            throw service;
        }
        return service;
    }
}
