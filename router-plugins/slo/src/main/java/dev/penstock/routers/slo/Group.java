package dev.penstock.routers.slo;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one group, with what is measured of them: their load is counted in shares of what they carry, or
 * where no profile tells that, in requests. Confined to the thread that holds the shard.
 */
final class Group {

    private final String name;
    private final Candidates candidates;
    private final int start;
    private final int end;
    private final SloSettings.Caps caps;
    private final Loads loads;
    private @Nullable GpuProfile profile;
    private boolean measured;
    private boolean asked;

    /**
     * A group, of which {@link #decide} is to be called first.
     *
     * @param number its number among the groups of the candidates
     * @param caps what an endpoint may have
     * @param loads for the loads of its endpoints
     */
    Group(Candidates candidates, int number, SloSettings.Caps caps, Loads loads) {
        this.name = candidates.groupName(number);
        this.candidates = candidates;
        this.start = candidates.groupStart(number);
        this.end = candidates.groupEnd(number);
        this.caps = caps;
        this.loads = loads;
    }

    /**
     * Another decision begins: what was known of loads is known no more.
     *
     * @param measurement what is measured of the group now, or null
     */
    void decide(@Nullable GpuProfile measurement) {
        profile = measurement;
        measured = measurement != null && measurement.tellsConsumption();
        asked = false;
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

    /** The loads of the endpoints, as they were when this was first asked in this decision. */
    Loads loads() {
        if (!asked) {
            loads.take(candidates, start, end, measured);
            asked = true;
        }
        return loads;
    }

    /** The load that an endpoint may have. */
    double cap() {
        return measured ? caps.load() : caps.inFlight();
    }
}
