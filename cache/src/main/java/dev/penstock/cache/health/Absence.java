package dev.penstock.cache.health;

import dev.penstock.core.port.Health;
import dev.penstock.spi.PodView;

/** An endpoint that is out. Confined to {@code lb-cache}. */
final class Absence {

    /** As the fleet shows it now. */
    PodView endpoint;
    Health.State state;
    int cause;
    /** How many failures in a row it is out for; 0 where it has too much to do. */
    int failures;
    /** How often it was ejected, this time included. */
    int ejections;
    long sinceNanos;
    long untilNanos;

    Absence(PodView endpoint, Health.State state, int ejections) {
        this.endpoint = endpoint;
        this.state = state;
        this.ejections = ejections;
    }

    boolean ejected() {
        return state != Health.State.COOLING_DOWN;
    }

    String reason() {
        return Causes.reason(cause, failures);
    }
}
