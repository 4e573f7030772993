package dev.winnow.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The most heap in use right after a collection, in bytes. */
final class LiveHeap {
    private LiveHeap() {}

    /**
     * Collects the whole heap once a second from now on, so that nothing but what lives is counted; set it to 0 to begin
     * anew. What a second's work makes and drops between two collections is not seen.
     */
    static AtomicLong collect() {
        AtomicLong most = new AtomicLong();
        Thread collector = new Thread(() -> {
            while (true) {
                System.gc();
                most.accumulateAndGet(
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), Math::max);
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        });
        collector.setDaemon(true);
        collector.start();
        return most;
    }

    /** Watches every collection from now on, some of which leave old garbage; set it to 0 to begin anew. */
    static AtomicLong watch() {
        AtomicLong most = new AtomicLong();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> {
                                if (notification.getUserData() instanceof CompositeData data
                                        && notification
                                                .getType()
                                                .equals(
                                                        GarbageCollectionNotificationInfo
                                                                .GARBAGE_COLLECTION_NOTIFICATION)) {
                                    long left = GarbageCollectionNotificationInfo.from(data)
                                            .getGcInfo()
                                            .getMemoryUsageAfterGc()
                                            .entrySet()
                                            .stream()
                                            .filter(pool -> pool.getKey().startsWith("G1")
                                                    || pool.getKey().contains("Gen")
                                                    || pool.getKey().contains("Space"))
                                            .map(pool -> pool.getValue())
                                            .mapToLong(MemoryUsage::getUsed)
                                            .sum();
                                    most.accumulateAndGet(left, Math::max);
                                }
                            },
                            null,
                            null);
        }
        return most;
    }
}
