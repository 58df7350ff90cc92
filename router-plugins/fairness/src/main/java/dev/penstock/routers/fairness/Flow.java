package dev.penstock.routers.fairness;

import dev.penstock.spi.RoutingContext;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** The requests of one user, in the order in which they came, and what is left of his turn. Confined to one thread. */
final class Flow {

    private final String user;
    // By the identity of contexts, which have no equals of their own.
    private final SequencedMap<RoutingContext, Waiting> requests = new LinkedHashMap<>();
    private long bytes;
    private long deficit;
    private int inFlight;

    /**
     * Of a user who has asked for nothing yet.
     *
     * @param user empty for nobody
     * @param deficit tokens that may be sent before it is another one's turn
     */
    Flow(String user, long deficit) {
        this.user = user;
        this.deficit = deficit;
    }

    String user() {
        return user;
    }

    void add(Waiting request) {
        requests.put(request.context(), request);
        bytes += request.bytes();
    }

    void remove(Waiting request) {
        if (requests.remove(request.context()) != null) {
            bytes -= request.bytes();
        }
    }

    /** Those that wait, the first one first; not to be changed. */
    SequencedMap<RoutingContext, Waiting> requests() {
        return requests;
    }

    int size() {
        return requests.size();
    }

    long bytes() {
        return bytes;
    }

    /** Tokens that may be sent before it is another one's turn; not positive where the turn is over. */
    long deficit() {
        return deficit;
    }

    /** Whether it is as it was made. */
    boolean untouched(long quantum) {
        return requests.isEmpty() && inFlight == 0 && deficit == quantum;
    }

    /** A request is sent. Out of turn, because all others had to wait anyway, it costs no more than itself. */
    void sent(long cost) {
        inFlight++;
        deficit = deficit > 0 ? deficit - cost : Math.min(deficit, -cost);
    }

    /**
     * A request has ended.
     *
     * @param more tokens that it has taken beyond what it was sent for; negative where it took fewer
     */
    void ended(long more) {
        inFlight--;
        deficit -= more;
    }

    /**
     * Further turns have come. Nobody saves them up.
     *
     * @return whether there is nothing to remember of this user
     */
    boolean replenish(long tokens, long quantum) {
        deficit += tokens;
        if (requests.isEmpty()) {
            deficit = Math.min(deficit, quantum);
        }
        return requests.isEmpty() && inFlight == 0 && deficit >= 0;
    }
}
