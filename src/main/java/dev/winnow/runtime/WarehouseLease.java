package dev.winnow.runtime;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ObjectStore.Versioned;
import dev.winnow.ports.ServiceException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write to one warehouse: one holder at a time, across processes and machines.
 *
 * <p>The lease is one object, changed only by conditional writes. Its holder renews it from a daemon thread; a lease
 * that nobody renewed for its time to live may be taken over. Whoever waits measures that on its own clock, by seeing
 * the object unchanged, so clocks of different machines need not agree. The object is never deleted: between reading
 * and deleting, it may have become somebody else's.
 */
public final class WarehouseLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WarehouseLease.class);
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * What the object says. Instants are ISO-8601 text, for people.
     *
     * @param id of this acquisition
     * @param renewals makes every renewal a different text, and so a different version
     */
    private record Document(
            String id,
            boolean released,
            Holder holder,
            long ttlMillis,
            long renewals,
            String acquiredAt,
            String renewedAt,
            String expiresAt) {}

    private final ObjectStore objects;
    private final String uri;
    private final TimeSource time;
    private final LeaseTimes settings;
    private final Thread renewer;
    private Document mine;
    private String version;
    private boolean lost;
    private boolean closed;
    private Duration renewedAt;

    private WarehouseLease(
            ObjectStore objects,
            String uri,
            TimeSource time,
            LeaseTimes settings,
            Document mine,
            String version,
            Duration renewedAt) {
        this.objects = objects;
        this.uri = uri;
        this.time = time;
        this.settings = settings;
        this.mine = mine;
        this.version = version;
        this.renewedAt = renewedAt;
        this.renewer = new Thread(this::keepRenewing, "warehouse-lease");
        this.renewer.setDaemon(true);
    }

    /** Where the lease of a warehouse is. */
    public static String uri(String warehouse) {
        return (warehouse.endsWith("/") ? warehouse : warehouse + "/") + "_winnow/lease.json";
    }

    /**
     * Gets the lease, waiting for it as long as the settings say.
     *
     * @throws ServiceException if it is still held then (retryable, names the holder), or the store fails
     */
    public static WarehouseLease acquire(
            ObjectStore objects, String warehouse, Holder holder, TimeSource time, LeaseTimes settings) {
        String uri = uri(warehouse);
        Duration start = time.elapsed();
        Duration seenSince = start;
        String seenVersion = "";
        while (true) {
            Duration now = time.elapsed();
            Optional<Versioned> there = objects.get(uri);
            if (there.isPresent() && !there.get().version().equals(seenVersion)) {
                seenVersion = there.get().version();
                seenSince = time.elapsed(); // not now: a slow answer must not make the lease look older than it is
            }
            Optional<Document> held = there.flatMap(WarehouseLease::parse);
            if (there.isEmpty() || isFree(warehouse, held, now.minus(seenSince), settings)) {
                Optional<WarehouseLease> taken = take(objects, uri, there, holder, time, settings);
                if (taken.isPresent()) {
                    LOG.info(
                            "lease=acquired warehouse={} attempt={} before={}",
                            warehouse,
                            holder.attempt(),
                            held.map(WarehouseLease::name).orElse("none"));
                    return taken.get();
                }
            }
            String inUse = "The warehouse " + warehouse + " is in use: "
                    + held.map(WarehouseLease::name)
                            .orElse(
                                    there.isPresent()
                                            ? "its lease is unreadable"
                                            : "somebody takes its lease just now");
            Duration waited = time.elapsed().minus(start);
            if (waited.compareTo(settings.patience()) >= 0) {
                throw ServiceException.passing(
                        inUse + "; waited " + waited.toSeconds() + " s. Try again when it has ended; if it is gone, "
                                + "its lease is free " + settings.ttl().toSeconds() + " s after its last renewal",
                        null);
            }
            try {
                time.sleep(settings.poll());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw ServiceException.passing(inUse + "; interrupted while waiting for it", e);
            }
        }
    }

    private static Optional<WarehouseLease> take(
            ObjectStore objects,
            String uri,
            Optional<Versioned> there,
            Holder holder,
            TimeSource time,
            LeaseTimes settings) {
        Duration now = time.elapsed();
        Document document = document(holder, time, settings);
        String text = write(document);
        boolean put = there.isPresent()
                ? objects.replaceIfUnchanged(uri, there.get().version(), text)
                : objects.putIfAbsent(uri, text);
        if (!put) {
            return Optional.empty();
        }
        Optional<WarehouseLease> taken = objects.get(uri)
                .filter(own -> own.text().equals(text))
                .map(own -> new WarehouseLease(objects, uri, time, settings, document, own.version(), now));
        taken.ifPresent(lease -> lease.renewer.start());
        return taken;
    }

    private static boolean isFree(
            String warehouse, Optional<Document> held, Duration unchangedFor, LeaseTimes settings) {
        if (held.isEmpty()) {
            return unchangedFor.compareTo(settings.ttl()) >= 0;
        }
        Document document = held.get();
        return document.released()
                || unchangedFor.toMillis()
                        >= Math.max(document.ttlMillis(), settings.ttl().toMillis())
                || (isLocal(warehouse) && document.holder().hasDiedHere());
    }

    private static boolean isLocal(String warehouse) {
        return warehouse.startsWith("/") || warehouse.startsWith("file:");
    }

    /**
     * Makes sure that the lease is still held, for long enough to commit; call it before each commit.
     *
     * @throws ServiceException if it was lost, or could not be renewed in time (retryable)
     */
    public void check() {
        renew();
        synchronized (this) {
            Duration age = time.elapsed().minus(renewedAt);
            if (lost || closed || age.compareTo(settings.trusted()) > 0) {
                throw ServiceException.passing(
                        "This run no longer holds the lease " + uri + " (last renewed " + age.toSeconds()
                                + " s ago); what was committed stays, run it again for the rest",
                        null);
            }
        }
    }

    private void keepRenewing() {
        try {
            while (true) {
                time.sleep(settings.renewEvery());
                renew();
            }
        } catch (InterruptedException e) {
            // close() ends this thread so, and nobody else knows it.
        }
    }

    /** Renews the lease if that can be done; {@link #check} judges by the age of the last success. */
    synchronized void renew() {
        if (closed || lost) {
            return;
        }
        Duration now = time.elapsed();
        try {
            Document renewed = renewed(false);
            if (replace(renewed)) {
                renewedAt = now;
            }
        } catch (ServiceException e) {
            LOG.warn("lease=not-renewed uri={} reason={}", uri, e.getMessage());
        }
    }

    /** Releases the lease if it is still held. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            // Under the same monitor as renew(), so that no request is cut off half-way.
            renewer.interrupt();
            if (lost) {
                return;
            }
            try {
                replace(renewed(true));
            } catch (ServiceException e) {
                // The work is done and committed; a lease that is not released runs out by itself.
                LOG.warn("lease=not-released uri={} reason={}", uri, e.getMessage());
            }
        }
    }

    /**
     * Replaces what this lease holds; finds out whether it is lost.
     *
     * <p>The second try is for a write whose answer never came: the object is ours, in a version we have not seen.
     */
    private boolean replace(Document next) {
        for (int tries = 0; tries < 2; tries++) {
            boolean replaced = objects.replaceIfUnchanged(uri, version, write(next));
            Optional<Versioned> there = objects.get(uri);
            boolean stillMine = there.flatMap(WarehouseLease::parse)
                    .map(found -> found.id().equals(mine.id()) && !found.released())
                    .orElse(false);
            if (!stillMine) {
                lost = true;
                return replaced;
            }
            version = there.orElseThrow().version();
            if (replaced) {
                mine = next;
                return true;
            }
        }
        return false;
    }

    private Document renewed(boolean released) {
        return new Document(
                mine.id(),
                released,
                mine.holder(),
                mine.ttlMillis(),
                mine.renewals() + 1,
                mine.acquiredAt(),
                time.now().toString(),
                time.now().plus(settings.ttl()).toString());
    }

    private static Document document(Holder holder, TimeSource time, LeaseTimes settings) {
        String now = time.now().toString();
        String expiry = time.now().plus(settings.ttl()).toString();
        return new Document(
                UUID.randomUUID().toString(), false, holder, settings.ttl().toMillis(), 0, now, now, expiry);
    }

    private static String name(Document document) {
        Holder holder = document.holder();
        return "attempt " + holder.attempt() + " (" + holder.command() + ", process " + holder.pid() + " on host "
                + holder.host() + ") " + (document.released() ? "held" : "holds") + " its lease since "
                + document.acquiredAt() + ", renewed " + document.renewedAt();
    }

    private static String write(Document document) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A lease is plain values", e);
        }
    }

    /** Empty when somebody else's hand was in it; such a lease is waited for like any other. */
    private static Optional<Document> parse(Versioned object) {
        try {
            return Optional.ofNullable(JSON.readValue(object.text(), Document.class))
                    .filter(d -> isWhole(d.id(), d.holder()));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static boolean isWhole(@Nullable String id, @Nullable Holder holder) {
        return id != null && holder != null;
    }
}
