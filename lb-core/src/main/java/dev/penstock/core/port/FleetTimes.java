package dev.penstock.core.port;

import org.jspecify.annotations.Nullable;

/** Since when the fleet is as it is, for the operator, by the clock of the fleet. Any thread. */
public interface FleetTimes extends EndpointTimes {

    /**
     * When a model came and changed, to the second.
     *
     * @param sinceNanos when it came
     * @param sinceVersion the fleet with which it was first seen
     * @param changedNanos when its endpoints, or what is said of it, changed last
     * @param changedVersion the fleet with which that was first seen
     */
    record ModelTimes(long sinceNanos, long sinceVersion, long changedNanos, long changedVersion) {}

    /** The time now, by the same clock. */
    long nowNanos();

    /** When the fleet was published. */
    long publishedNanos();

    /** When a model, adapter or alias came and changed; null where it is too new, or not there. */
    @Nullable ModelTimes model(String name);
}
