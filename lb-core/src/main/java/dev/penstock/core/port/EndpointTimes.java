package dev.penstock.core.port;

import dev.penstock.spi.PodView;

/** Since when things are as they are, for the operator, by the clock of the fleet. Any thread. */
public interface EndpointTimes {

    /** When an endpoint came into the fleet. */
    long joinedNanos(PodView endpoint);

    /** When an endpoint became ready, or not ready; when it came where it was so from the start. */
    long changedNanos(PodView endpoint);
}
