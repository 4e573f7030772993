package dev.winnow.bench;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.StageInfo;

/** What Spark's stages read and shuffled, added up by the line of code that began them. */
final class SparkStages extends SparkListener {
    private record Sum(int stages, int tasks, double seconds, long read, long shuffled, long spilled) {
        Sum plus(Sum other) {
            return new Sum(
                    stages + other.stages,
                    tasks + other.tasks,
                    seconds + other.seconds,
                    read + other.read,
                    shuffled + other.shuffled,
                    spilled + other.spilled);
        }
    }

    private final Map<String, Sum> sums = new ConcurrentHashMap<>();
    private final Map<String, Long> readBy = new ConcurrentHashMap<>();

    @Override
    public void onStageCompleted(SparkListenerStageCompleted event) {
        StageInfo stage = event.stageInfo();
        TaskMetrics metrics = stage.taskMetrics();
        readBy.merge(stage.details(), metrics.inputMetrics().bytesRead(), Long::sum);
        sums.merge(
                stage.name(),
                new Sum(
                        1,
                        stage.numTasks(),
                        metrics.executorRunTime() / 1e3,
                        metrics.inputMetrics().bytesRead(),
                        metrics.shuffleWriteMetrics().bytesWritten(),
                        metrics.diskBytesSpilled()),
                Sum::plus);
    }

    void clear() {
        sums.clear();
        readBy.clear();
    }

    /** Bytes that stages read whose calls did not come through a class; ask when Spark has reported all of them. */
    long readOutside(String className) {
        return readBy.entrySet().stream()
                .filter(e -> !e.getKey().contains("." + className + "."))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Prints the dearest, task seconds first. */
    void print(int most) {
        System.out.println("  stages  tasks  task-s  read MB  shuffled MB  spilled MB  begun at");
        sums.entrySet().stream()
                .sorted(Comparator.comparingDouble((Map.Entry<String, Sum> e) -> -e.getValue().seconds))
                .limit(most)
                .forEach(e -> System.out.printf(
                        Locale.ROOT,
                        "  %6d %6d %7.1f %8.1f %12.1f %11.1f  %s%n",
                        e.getValue().stages,
                        e.getValue().tasks,
                        e.getValue().seconds,
                        e.getValue().read / 1e6,
                        e.getValue().shuffled / 1e6,
                        e.getValue().spilled / 1e6,
                        e.getKey()));
    }
}
