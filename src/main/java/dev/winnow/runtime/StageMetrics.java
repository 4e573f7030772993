package dev.winnow.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sums what Spark's tasks read and shuffle; stages run one after another, so a difference belongs to one of them. */
public final class StageMetrics extends SparkListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StageMetrics.class);
    private static final long FLUSH_MILLIS = TimeUnit.SECONDS.toMillis(10);

    private final SparkSession spark;
    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder recordsRead = new LongAdder();
    private final LongAdder shuffleBytes = new LongAdder();
    private final LongAdder tasks = new LongAdder();
    private final LongAdder tasksDone = new LongAdder();
    private volatile Counts start = Counts.ZERO;

    /**
     * Sums over tasks, retried ones included.
     *
     * @param bytesRead bytes read from files
     * @param recordsRead records read from files
     * @param shuffleBytes bytes written for shuffles
     * @param tasks tasks of the Spark stages submitted so far
     * @param tasksDone tasks that ended
     */
    public record Counts(long bytesRead, long recordsRead, long shuffleBytes, long tasks, long tasksDone) {
        /** Nothing yet. */
        public static final Counts ZERO = new Counts(0, 0, 0, 0, 0);

        Counts minus(Counts other) {
            return new Counts(
                    bytesRead - other.bytesRead,
                    recordsRead - other.recordsRead,
                    shuffleBytes - other.shuffleBytes,
                    tasks - other.tasks,
                    tasksDone - other.tasksDone);
        }
    }

    private StageMetrics(SparkSession spark) {
        this.spark = spark;
    }

    /** Starts listening to the session's tasks; {@link #close} ends it. */
    public static StageMetrics listenTo(SparkSession spark) {
        StageMetrics metrics = new StageMetrics(spark);
        spark.sparkContext().addSparkListener(metrics);
        return metrics;
    }

    /** Begins a stage: counts start at zero. */
    public void begin() {
        flush();
        start = total();
    }

    /** Returns the counts since {@link #begin}, as far as Spark has reported them. */
    public Counts current() {
        return total().minus(start);
    }

    /** Ends a stage: returns the counts since {@link #begin}, complete for all actions that returned. */
    public Counts end() {
        flush();
        return current();
    }

    /** Stops listening. */
    @Override
    public void close() {
        spark.sparkContext().removeSparkListener(this);
    }

    @Override
    public void onStageSubmitted(SparkListenerStageSubmitted event) {
        tasks.add(event.stageInfo().numTasks());
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd event) {
        tasksDone.increment();
        TaskMetrics metrics = event.taskMetrics();
        if (metrics != null) { // a task that failed early has none
            bytesRead.add(metrics.inputMetrics().bytesRead());
            recordsRead.add(metrics.inputMetrics().recordsRead());
            shuffleBytes.add(metrics.shuffleWriteMetrics().bytesWritten());
        }
    }

    private Counts total() {
        return new Counts(bytesRead.sum(), recordsRead.sum(), shuffleBytes.sum(), tasks.sum(), tasksDone.sum());
    }

    /** Events arrive late by design; waiting a moment makes the numbers of a finished action exact. */
    private void flush() {
        if (spark.sparkContext().isStopped()) {
            return;
        }
        try {
            spark.sparkContext().listenerBus().waitUntilEmpty(FLUSH_MILLIS);
        } catch (TimeoutException e) {
            LOG.warn("event=metrics_incomplete waited_millis={}", FLUSH_MILLIS);
        }
    }
}
