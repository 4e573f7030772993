package dev.winnow.testing;

import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ObjectStores;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens one store of this process wherever it is asked for: what travels to executors is only its number. */
public final class SharedObjects implements ObjectStores {
    private static final long serialVersionUID = 1L;

    private static final Map<Integer, ObjectStore> STORES = new ConcurrentHashMap<>();
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final int number = NEXT.getAndIncrement();

    /** Shares a store with the tasks of this process. */
    public SharedObjects(ObjectStore objects) {
        STORES.put(number, objects);
    }

    @Override
    public ObjectStore open() {
        return Objects.requireNonNull(STORES.get(number), "another process");
    }
}
