package dev.winnow.ports;

import java.io.Serializable;

/** Opens an object store on whatever machine asks; a store itself can't travel to executors, this can. */
@FunctionalInterface
public interface ObjectStores extends Serializable {
    /** Opens a store of its own for the caller, who closes it. */
    ObjectStore open();
}
