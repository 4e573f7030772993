package dev.winnow.ports;

import java.util.Collection;
import java.util.Set;

/** The images that inferences speak of. */
public interface ImageStore {
    /**
     * Returns those of {@code uris} at which no image is that people can be shown: nothing, an empty file or one larger than
     * a labeling job takes. Asks once for each, several at a time.
     *
     * @throws ServiceException if the store fails, or refuses all
     */
    Set<String> missing(Collection<String> uris);
}
