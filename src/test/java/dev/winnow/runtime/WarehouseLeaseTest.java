package dev.winnow.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.winnow.adapters.local.LocalObjects;
import dev.winnow.ports.ObjectStore;
import dev.winnow.ports.ServiceException;
import dev.winnow.testing.Jvm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarehouseLeaseTest {
    private static final LeaseTimes SETTINGS = LeaseTimes.DEFAULT;
    private static final Holder FIRST = elsewhere("a1");
    private static final Holder SECOND = elsewhere("a2");

    @TempDir
    Path warehouse;

    private final ObjectStore objects = new LocalObjects();

    @Test
    void aFreeLeaseIsHeldAndReleasedAndHeldAgain() {
        FakeTime time = new FakeTime();
        try (WarehouseLease lease = acquire(FIRST, time)) {
            lease.check();
            assertThat(text())
                    .contains("\"released\" : false", "\"attempt\" : \"a1\"")
                    .contains(
                            "\"acquired_at\" : \"2026-03-01T08:00:00Z\"", "\"expires_at\" : \"2026-03-01T08:01:00Z\"");
        }
        assertThat(text()).contains("\"released\" : true");
        try (WarehouseLease lease = acquire(SECOND, time)) {
            lease.check();
            assertThat(text()).contains("\"attempt\" : \"a2\"");
        }
        assertThat(time.elapsed()).isEqualTo(new FakeTime().elapsed());
    }

    @Test
    void whoComesSecondWaitsUntilTheFirstReleases() {
        WarehouseLease first = acquire(FIRST, new FakeTime());
        List<String> sleeps = new ArrayList<>();
        FakeTime time = new FakeTime(() -> {
            sleeps.add("slept");
            if (sleeps.size() == 3) {
                first.close();
            }
        });
        try (WarehouseLease second = acquire(SECOND, time)) {
            second.check();
        }
        assertThat(sleeps).hasSize(3);
    }

    @Test
    void whoWaitsTooLongIsToldWhoHoldsIt() {
        try (WarehouseLease first = acquire(FIRST, new FakeTime())) {
            assertThatThrownBy(() -> acquire(SECOND, new FakeTime(first::renew)))
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .hasMessage("The warehouse " + warehouse + " is in use: attempt a1 (curate, process 17 on host "
                            + "elsewhere) holds its lease since 2026-03-01T08:00:00Z, renewed 2026-03-01T08:00:00Z; "
                            + "waited 600 s. Try again when it has ended; if it is gone, its lease is free 60 s after "
                            + "its last renewal");
            first.check();
        }
    }

    @Test
    void aLeaseNobodyRenewsIsTakenOverAfterItsTimeToLiveAndTheOldHolderFindsOut() {
        FakeTime firstTime = new FakeTime();
        WarehouseLease first = acquire(FIRST, firstTime);
        FakeTime time = new FakeTime();
        Duration start = time.elapsed();
        try (WarehouseLease second = acquire(SECOND, time)) {
            assertThat(time.elapsed().minus(start)).isEqualTo(SETTINGS.ttl());
            assertThatThrownBy(first::check)
                    .isInstanceOfSatisfying(
                            ServiceException.class,
                            e -> assertThat(e.retryable()).isTrue())
                    .hasMessageContaining("This run no longer holds the lease " + WarehouseLease.uri("" + warehouse));
            first.close();
            second.check();
            assertThat(text()).contains("\"attempt\" : \"a2\"", "\"released\" : false");
        }
    }

    @Test
    void clocksNeedNotAgree() {
        try (WarehouseLease first = acquire(FIRST, new FakeTime())) {
            FakeTime time = new FakeTime(first::renew);
            time.pass(Duration.ofDays(365));
            assertThatThrownBy(() -> acquire(SECOND, time)).hasMessageContaining("attempt a1");
        }
    }

    @Test
    void aLeaseThatCouldNotBeRenewedIsTrustedForAWhileOnly() {
        Unreliable store = new Unreliable();
        FakeTime time = new FakeTime();
        WarehouseLease lease = WarehouseLease.acquire(store, warehouse.toString(), FIRST, time, SETTINGS);
        store.fails = true;
        time.pass(SETTINGS.trusted());
        lease.check();
        time.pass(Duration.ofSeconds(1));
        assertThatThrownBy(lease::check)
                .isInstanceOf(ServiceException.class)
                .hasMessageContaining("last renewed 46 s ago");
        store.fails = false;
        lease.check(); // nobody took it meanwhile
        lease.close();
        assertThat(text()).contains("\"released\" : true");
    }

    @Test
    void aRenewalWhoseAnswerWasLostIsFoundAgain() {
        Unreliable store = new Unreliable();
        WarehouseLease lease = WarehouseLease.acquire(store, warehouse.toString(), FIRST, new FakeTime(), SETTINGS);
        store.losesAnswers = true;
        lease.renew();
        store.losesAnswers = false;
        lease.check();
        store.losesAnswers = true;
        lease.close();
        assertThat(text()).contains("\"released\" : true");
    }

    @Test
    void aDeletedLeaseIsLost() {
        WarehouseLease lease = acquire(FIRST, new FakeTime());
        objects.delete(WarehouseLease.uri(warehouse.toString()));
        assertThatThrownBy(lease::check).hasMessageContaining("no longer holds the lease");
        lease.close();
        assertThat(objects.exists(WarehouseLease.uri(warehouse.toString()))).isFalse();
    }

    @Test
    void anUnreadableLeaseIsWaitedForLikeAnyOther() {
        objects.put(WarehouseLease.uri(warehouse.toString()), "not a lease");
        FakeTime time = new FakeTime();
        Duration start = time.elapsed();
        try (WarehouseLease lease = acquire(FIRST, time)) {
            lease.check();
        }
        assertThat(time.elapsed().minus(start)).isEqualTo(SETTINGS.ttl());
    }

    @Test
    void theHoldersProcessIsNotMistakenForALaterOneWithItsId() {
        Holder here = Holder.ofThisProcess("a1", "curate");
        assertThat(here.hasDiedHere()).isFalse();
        assertThat(with(here, here.host(), here.pid(), "another start").hasDiedHere())
                .isTrue();
        assertThat(with(here, "elsewhere", here.pid(), "another start").hasDiedHere())
                .isFalse();
    }

    @Test
    void anInterruptEndsTheWaiting() {
        try (WarehouseLease first = acquire(FIRST, new FakeTime())) {
            first.check();

            Thread.currentThread().interrupt();
            assertThatThrownBy(() ->
                            WarehouseLease.acquire(objects, warehouse.toString(), SECOND, TimeSource.SYSTEM, SETTINGS))
                    .isInstanceOf(ServiceException.class)
                    .hasMessageContaining("interrupted while waiting");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void theLeaseOfAKilledProcessIsFreeAtOnce() throws Exception {
        Process holder = Jvm.of(LeasedCounterMain.class, Map.of(), warehouse.toString(), "killed", "0")
                .start();
        try {
            assertThat(holder.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo("held");
            LeaseTimes impatient =
                    new LeaseTimes(SETTINGS.ttl(), SETTINGS.renewEvery(), Duration.ZERO, SETTINGS.poll());
            Holder here = Holder.ofThisProcess("a2", "curate");
            assertThatThrownBy(() ->
                            WarehouseLease.acquire(objects, warehouse.toString(), here, TimeSource.SYSTEM, impatient))
                    .hasMessageContaining("attempt killed (count, process " + holder.pid());
            holder.destroyForcibly().waitFor();
            try (WarehouseLease lease =
                    WarehouseLease.acquire(objects, warehouse.toString(), here, TimeSource.SYSTEM, impatient)) {
                lease.check();
            }
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void processesThatCountUnderTheLeaseLoseNothing() throws Exception {
        countInTwoProcesses(warehouse.toString(), Map.of());
        assertThat(objects.get(warehouse + "/counter").orElseThrow().text()).isEqualTo("40");
    }

    static void countInTwoProcesses(String warehouse, Map<String, String> environment, String... more)
            throws Exception {
        List<Process> processes = new ArrayList<>();
        try {
            for (String attempt : List.of("a1", "a2")) {
                List<String> arguments = new ArrayList<>(List.of(warehouse, attempt, "20"));
                arguments.addAll(List.of(more));
                processes.add(Jvm.of(LeasedCounterMain.class, environment, arguments.toArray(String[]::new))
                        .start());
            }
            for (Process process : processes) {
                assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
                assertThat(process.exitValue()).isZero();
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
    }

    private WarehouseLease acquire(Holder holder, TimeSource time) {
        return WarehouseLease.acquire(objects, warehouse.toString(), holder, time, SETTINGS);
    }

    private String text() {
        return objects.get(WarehouseLease.uri(warehouse.toString()))
                .orElseThrow()
                .text();
    }

    private static Holder elsewhere(String attempt) {
        return new Holder(attempt, "curate", "winnow", "elsewhere", "pid:[1]", 17, "4711");
    }

    private static Holder with(Holder holder, String host, long pid, String start) {
        return new Holder(holder.attempt(), holder.command(), holder.user(), host, holder.processes(), pid, start);
    }

    /** A store whose writes fail, or succeed without saying so. */
    private final class Unreliable extends ForwardingObjects {
        boolean fails;
        boolean losesAnswers;

        Unreliable() {
            super(objects);
        }

        @Override
        public boolean replaceIfUnchanged(String uri, String version, String text) {
            if (fails) {
                throw ServiceException.passing("The store is down", null);
            }
            boolean replaced = super.replaceIfUnchanged(uri, version, text);
            if (losesAnswers) {
                throw ServiceException.passing("The answer was lost", null);
            }
            return replaced;
        }
    }
}
