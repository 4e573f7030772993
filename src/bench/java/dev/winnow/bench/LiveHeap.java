package dev.winnow.bench;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/** The most heap in use right after any collection, in bytes. */
final class LiveHeap {
    private LiveHeap() {}

    /** Watches from now on; set it to 0 to begin anew. */
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
