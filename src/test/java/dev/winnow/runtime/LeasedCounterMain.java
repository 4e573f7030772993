package dev.winnow.runtime;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.adapters.s3.S3Objects;
import dev.winnow.config.S3Settings;
import dev.winnow.ports.ObjectStore.Versioned;
import java.time.Duration;

/**
 * Counts a number in a warehouse up, each time under the lease; without it, counts are lost.
 *
 * <p>Arguments: warehouse, attempt, times, and the S3 endpoint if there is one. With times 0 it takes the lease, says
 * so, and holds it until it is killed.
 */
final class LeasedCounterMain {
    static final LeaseTimes SETTINGS =
            new LeaseTimes(Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(2), Duration.ofMillis(20));

    private LeasedCounterMain() {}

    public static void main(String[] args) throws Exception {
        String warehouse = args[0];
        int times = Integer.parseInt(args[2]);
        try (SchemeObjects objects =
                new SchemeObjects(new LocalObjects(), () -> S3Objects.open(new S3Settings(args[3], "", true)))) {
            Holder holder = Holder.ofThisProcess(args[1], "count");
            if (times == 0) {
                WarehouseLease.acquire(objects, warehouse, holder, TimeSource.SYSTEM, SETTINGS);
                System.out.println("held");
                Thread.sleep(Duration.ofMinutes(5).toMillis()); // holds the lease until the test kills it
            }
            for (int i = 0; i < times; i++) {
                try (WarehouseLease lease =
                        WarehouseLease.acquire(objects, warehouse, holder, TimeSource.SYSTEM, SETTINGS)) {
                    String counter = warehouse + "/counter";
                    int count = objects.get(counter)
                            .map(Versioned::text)
                            .map(Integer::parseInt)
                            .orElse(0);
                    Thread.sleep(5); // so that two without the lease would meet here
                    lease.check();
                    objects.put(counter, Integer.toString(count + 1));
                }
            }
        }
    }
}
