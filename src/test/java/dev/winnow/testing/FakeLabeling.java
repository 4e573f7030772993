package dev.winnow.testing;

import dev.winnow.ports.LabelingService;
import dev.winnow.ports.ServiceException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A labeling service in memory: jobs exist once, and stand where the test says. */
public final class FakeLabeling implements LabelingService {
    /** When every job was made. */
    public static final Instant CREATED = Instant.parse("2026-10-01T12:00:00Z");

    private final Map<String, Status> jobs = new TreeMap<>();
    private final Map<String, String> requests = new TreeMap<>();
    private final Map<String, List<String>> tasks = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();
    private boolean refusesToStop;
    private int calm = Integer.MAX_VALUE;
    private boolean before;

    /**
     * The n-th creation from now fails, and every one after it, until told otherwise.
     *
     * @param before whether nothing was made then; else the job was made and nobody heard of it
     */
    public void failFrom(int creation, boolean before) {
        this.calm = creation - 1;
        this.before = before;
    }

    /** Creations succeed from now on. */
    public void calm() {
        calm = Integer.MAX_VALUE;
    }

    /** Says where a job stands from now on. */
    public void stands(String name, State state, long items, long labeled, long failed) {
        jobs.put(
                name,
                new Status(
                        "id-" + name,
                        state,
                        CREATED,
                        items,
                        labeled,
                        failed,
                        3,
                        state == State.FAILED ? "it broke" : null,
                        "s3://out/" + name,
                        "team"));
    }

    /** Forgets a job. */
    public void forget(String name) {
        jobs.remove(name);
    }

    /** Jobs that exist, with the request that made each. */
    public Map<String, String> requests() {
        return requests;
    }

    /** Tasks by job, file by file. */
    public Map<String, List<String>> tasks() {
        return tasks;
    }

    /** What was asked so far, such as {@code create x}. */
    public List<String> calls() {
        return calls;
    }

    @Override
    public void create(Job job) {
        calls.add("create " + job.name());
        boolean fails = calm-- <= 0;
        if (!fails || !before) {
            requests.putIfAbsent(job.name(), job.request());
            List<String> files = tasks.computeIfAbsent(job.name(), name -> new ArrayList<>());
            job.tasks().forEach(file -> {
                if (!files.contains(file)) {
                    files.add(file);
                }
            });
            jobs.computeIfAbsent(
                    job.name(),
                    name -> new Status("id-" + name, State.RUNNING, CREATED, 0, 0, 0, 3, null, null, "team"));
        }
        if (fails) {
            throw ServiceException.passing("the service is down", null);
        }
    }

    @Override
    public Optional<Status> describe(String name) {
        calls.add("describe " + name);
        return Optional.ofNullable(jobs.get(name));
    }

    /** From now on it is not allowed to stop jobs. */
    public void refuseToStop() {
        refusesToStop = true;
    }

    @Override
    public boolean stop(String name) {
        calls.add("stop " + name);
        if (refusesToStop) {
            throw ServiceException.refused("not allowed", null);
        }
        Status job = jobs.get(name);
        return job != null && job.state() == State.RUNNING;
    }

    @Override
    public void close() {}
}
