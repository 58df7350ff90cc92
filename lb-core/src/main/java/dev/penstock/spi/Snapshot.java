package dev.penstock.spi;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The fleet as it was at one moment. Immutable; any thread may read it. */
public interface Snapshot {

    /** Grows with every change of the fleet, not with its live figures. */
    long version();

    /** A model by the name that clients send (base model, adapter or alias), or null where there is none. */
    @Nullable ModelView model(String name);

    /** All models, in the order of their names. */
    Collection<? extends ModelView> models();

    /** The endpoint in a slot, or null where the slot is free. */
    @Nullable PodView endpoint(int slot);

    /** More than the highest slot in use: as long an array by slot has to be. */
    int slots();

    /** Whether this very endpoint, not only another one in its slot, is part of the fleet. */
    default boolean contains(PodView endpoint) {
        PodView current = endpoint(endpoint.slot());
        return current != null && current.sameEndpoint(endpoint);
    }
}
