package dev.winnow.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who holds a lease.
 *
 * @param attempt the attempt id, as in the ledger
 * @param command what it runs, for showing
 * @param user whose process it is; others' processes may be hidden from us
 * @param host name of its machine
 * @param processes which of the machine's process tables {@code pid} belongs to; containers have their own
 * @param pid its process id there
 * @param processStart when that process started, in the operating system's own terms: process ids are used again
 */
public record Holder(
        String attempt, String command, String user, String host, String processes, long pid, String processStart) {
    private static final String UNKNOWN = "unknown";

    /** This process. */
    public static Holder ofThisProcess(String attempt, String command) {
        long pid = ProcessHandle.current().pid();
        return new Holder(
                attempt,
                command,
                userName(),
                hostName(),
                processTable(),
                pid,
                startOf(pid).orElse(""));
    }

    /** Returns whether the holder ran on this machine and certainly does not any more. */
    boolean hasDiedHere() {
        return !hostName().equals(UNKNOWN)
                && hostName().equals(host)
                && userName().equals(user)
                && processTable().equals(processes)
                && !startOf(pid).map(processStart::equals).orElse(false);
    }

    private static String userName() {
        return System.getProperty("user.name", "");
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return UNKNOWN;
        }
    }

    /** The machine's boot and the process's namespace: machines may share a name, and containers a machine. */
    private static String processTable() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id"), UTF_8)
                            .strip() + " " + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            return ""; // not Linux: the name of the host must do
        }
    }

    /** Empty when there is no such process. */
    private static Optional<String> startOf(long pid) {
        Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
        if (process.isEmpty()) {
            return Optional.empty();
        }
        try {
            // Ticks since the machine started, field 22; the JVM's start time moves when somebody sets the clock.
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), UTF_8);
            return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[19]);
        } catch (IOException e) {
            return Optional.of(
                    process.get().info().startInstant().map(Object::toString).orElse(""));
        }
    }
}
