package dev.penstock.core.engine;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.port.Health;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the candidates of an attempt: ready, in good health, wanted by its rules, not excluded, not full. Confined
 * to the thread that holds the shard.
 *
 * <p>Those that health lets through are kept until health or the fleet changes: while one endpoint of a large fleet is
 * out, requests must not each make a list of the others.
 */
final class Narrowing {

    private final Health health;
    private final PodLoad load;
    private final Predicate<PodView> opened;
    private final Function<Candidates, Candidates> narrowed;
    private final IdentityHashMap<Candidates, Candidates> kept = new IdentityHashMap<>();
    private @Nullable Snapshot snapshot;
    private long version;

    Narrowing(Health health, PodLoad load) {
        this.health = health;
        this.load = load;
        this.opened = health::open;
        this.narrowed = ready -> EndpointList.filter(ready, opened);
    }

    /** Those that may be chosen. */
    Candidates of(Candidates ready, Snapshot fleet, RoutingAttempt attempt) {
        Candidates wanted = full(ready, fleet, attempt);
        int most = attempt.mostInFlight();
        return most <= 0 ? wanted : EndpointList.filter(wanted, pod -> load.inFlight(pod) < most);
    }

    /**
     * Those that may be chosen, had they no more requests in flight than they should. Where health leaves none it does
     * not count: a doubtful endpoint beats none.
     */
    Candidates full(Candidates ready, Snapshot fleet, RoutingAttempt attempt) {
        Candidates healthy = healthy(ready, fleet);
        Candidates wanted = wanted(healthy, attempt);
        return wanted.size() == 0 && healthy != ready ? wanted(ready, attempt) : wanted;
    }

    /** Why there is none that may be chosen. */
    ErrorCode emptyBecause(@Nullable ModelView model, Snapshot fleet, RoutingAttempt attempt) {
        if (model == null) {
            return ErrorCode.MODEL_NOT_FOUND;
        }
        if (model.ready().size() == 0) {
            return ErrorCode.NO_READY_POD;
        }
        return attempt.mostInFlight() > 0 && full(model.ready(), fleet, attempt).size() > 0
                ? ErrorCode.REPLICA_INFLIGHT_EXCEEDED : ErrorCode.NO_ENDPOINT_SELECTED;
    }

    private static Candidates wanted(Candidates from, RoutingAttempt attempt) {
        CandidateRules rules = attempt.rules();
        List<PodView> excluded = attempt.excluded();
        if (rules == null && excluded.isEmpty()) {
            return from;
        }
        return EndpointList.filter(from, pod -> (rules == null || rules.wants(pod)) && !excludes(excluded, pod));
    }

    private static boolean excludes(List<PodView> excluded, PodView pod) {
        for (int i = 0; i < excluded.size(); i++) {
            if (excluded.get(i).sameEndpoint(pod)) {
                return true;
            }
        }
        return false;
    }

    /** The very same object if all are in good health. */
    private Candidates healthy(Candidates ready, Snapshot fleet) {
        if (health.quiet()) {
            forget();
            return ready;
        }
        // Before the endpoints are asked: what changes meanwhile is found at the next request.
        long current = health.version();
        if (current != version || fleet != snapshot) {
            forget();
            version = current;
            snapshot = fleet;
        }
        return kept.computeIfAbsent(ready, narrowed);
    }

    private void forget() {
        if (!kept.isEmpty()) {
            kept.clear();
            snapshot = null;
        }
    }
}
