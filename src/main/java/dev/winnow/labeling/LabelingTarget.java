package dev.winnow.labeling;

import dev.winnow.config.ConfigException;
import dev.winnow.config.LabelingSettings.Target;
import dev.winnow.config.TaskType;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Someone who runs labeling jobs, as far as files go: what of a job must lie in a round's folder so that it can be
 * created there. A further target is one package with this interface, the block of its settings with its name among {@link
 * Target}, and a line where targets are put together; who calls its service is a {@link dev.winnow.ports.LabelingService}.
 *
 * <p>The same job gives the same bytes.
 */
public interface LabelingTarget {
    /** Returns its name in the configuration. */
    Target kind();

    /** Returns how long the name of a job may be, characters. */
    int maxNameLength();

    /** Returns whether such a task can be had here. */
    boolean takes(TaskType type);

    /**
     * Returns how many items one job may have.
     *
     * @throws ConfigException if such a task can't be had here
     */
    int maxItems(TaskType type);

    /**
     * Returns whether people can be offered a class of this name, or be asked about it.
     *
     * @param label that a model, a file or a person named, in any way
     */
    boolean offers(TaskType type, String label);

    /**
     * Checks a job and writes its files to a local folder; each name begins with the job's.
     *
     * @throws ConfigException with what the target would refuse, naming the key to change
     * @throws IOException if the folder can't be written
     */
    JobFiles write(LabelingJob job, Path folder) throws IOException;
}
