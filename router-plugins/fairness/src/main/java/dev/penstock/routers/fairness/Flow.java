package dev.penstock.routers.fairness;

import org.jspecify.annotations.Nullable;

/** The requests of one user, in the order in which they came, and what is left of his turn. Confined to one thread. */
final class Flow {

    private final String user;
    private @Nullable Waiting first;
    private @Nullable Waiting last;
    private int size;
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
        if (last == null) {
            first = request;
        } else {
            request.follow(last);
        }
        last = request;
        size++;
        bytes += request.bytes();
    }

    /** One that was added, and that has not been removed yet. */
    void remove(Waiting request) {
        if (request == first) {
            first = request.later();
        }
        if (request == last) {
            last = request.earlier();
        }
        request.leave();
        size--;
        bytes -= request.bytes();
    }

    /** The one that has waited for longest; null where none waits. */
    @Nullable Waiting first() {
        return first;
    }

    /** The newest one; null where none waits. */
    @Nullable Waiting last() {
        return last;
    }

    int size() {
        return size;
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
        return size == 0 && inFlight == 0 && deficit == quantum;
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
        if (size == 0) {
            deficit = Math.min(deficit, quantum);
        }
        return size == 0 && inFlight == 0 && deficit >= 0;
    }
}
