package dev.penstock.routers.slo;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one group, with what is measured of them: their load is counted in shares of what they carry, or
 * where no profile tells that, in requests. Made for one decision, or a few in a row. Confined to the thread that holds
 * the shard.
 */
final class Group {

    private final String name;
    private final Candidates candidates;
    private final int start;
    private final int end;
    private final @Nullable GpuProfile profile;
    private final boolean measured;
    private final double cap;
    private final PodLoad load;
    private double least = Double.NaN;

    /**
     * A group.
     *
     * @param number its number among the groups of the candidates
     * @param profile what is measured of it, or null
     * @param caps what an endpoint may have
     */
    Group(Candidates candidates, int number, @Nullable GpuProfile profile, SloSettings.Caps caps, PodLoad load) {
        this.name = candidates.groupName(number);
        this.candidates = candidates;
        this.start = candidates.groupStart(number);
        this.end = candidates.groupEnd(number);
        this.profile = profile;
        this.measured = profile != null && profile.tellsConsumption();
        this.cap = measured ? caps.load() : caps.inFlight();
        this.load = load;
    }

    String name() {
        return name;
    }

    /** Whether a profile tells what a request takes of an endpoint. */
    boolean measured() {
        return measured;
    }

    /** The rank of a request; NaN where it has none. */
    double rank(WaitingRequest request, long now) {
        return profile == null ? Double.NaN : Rank.of(profile, request, now);
    }

    /** What a request takes of an endpoint; infinite where no endpoint of the group can carry it. */
    double share(WaitingRequest request) {
        return profile == null || !measured ? 1
                : profile.consumption(request.outputTokens(), request.promptTokens());
    }

    int size() {
        return end - start;
    }

    PodView pod(int index) {
        return candidates.get(start + index);
    }

    /** The load of an endpoint. */
    double load(int index) {
        PodView pod = pod(index);
        if (!measured) {
            return load.inFlight(pod);
        }
        double pending = load.pendingLoad(pod);
        // A profile that has come this very moment: nothing is counted by it yet.
        return Double.isNaN(pending) ? 0 : pending;
    }

    /** The load that an endpoint may have. */
    double cap() {
        return cap;
    }

    /**
     * The load of the endpoint that has the least of it, as it was when this was first asked: what does not fit there
     * fits nowhere, and need not look at all endpoints.
     */
    double least() {
        if (Double.isNaN(least)) {
            least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < size(); i++) {
                least = Math.min(least, load(i));
            }
        }
        return least;
    }

    /** The load of all endpoints. */
    double total() {
        double sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += load(i);
        }
        return sum;
    }
}
