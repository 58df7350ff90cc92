package dev.penstock.cache.discovery;

import java.util.List;

/**
 * How a source fares. Immutable; any thread.
 *
 * @param source its name
 * @param goodNanos when it was last found good, by the clock of the cache: its age tells how old the fleet may be
 * @param changes how often it told of another fleet
 * @param failures how often in a row it was found not good; 0 while all is well
 * @param errors what is wrong now; empty while all is well
 */
public record DiscoveryState(String source, long goodNanos, long changes, long failures, List<FileError> errors) {

    /** Copies the list. */
    public DiscoveryState {
        errors = List.copyOf(errors);
    }

    /** Whether the source is good now. */
    public boolean good() {
        return errors.isEmpty();
    }
}
