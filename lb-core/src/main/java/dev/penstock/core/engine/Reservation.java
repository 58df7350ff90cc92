package dev.penstock.core.engine;

import dev.penstock.core.port.Figures;
import dev.penstock.spi.PodView;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One leg of one attempt on one endpoint: counted in flight from the choice to the last byte. Any thread may end it;
 * each part ends once.
 */
public final class Reservation {

    private static final VarHandle STATE;
    private static final int PENDING = 0;
    private static final int ANSWERING = 1;
    private static final int RELEASED = 2;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Reservation.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Figures figures;
    private final PodView endpoint;
    private final long pendingTokens;
    private final long load;
    private final int probe;

    @SuppressWarnings("unused") // by STATE
    private volatile int state;

    private Reservation(Figures figures, PodView endpoint, long pendingTokens, long load, int probe) {
        this.figures = figures;
        this.endpoint = endpoint;
        this.pendingTokens = pendingTokens;
        this.load = load;
        this.probe = probe;
    }

    /**
     * Counts a request in flight at an endpoint.
     *
     * @param pendingTokens tokens of its prompt
     * @param load the share of the endpoint that it takes, in {@link Figures#LOAD_UNIT}; 0 where that is not known
     * @param probe number of the probe that it is, or {@link dev.penstock.core.port.Health#NO_PROBE}
     */
    static Reservation take(Figures figures, PodView endpoint, long pendingTokens, long load, int probe) {
        figures.addInFlight(endpoint, 1);
        figures.addPendingTokens(endpoint, pendingTokens);
        if (load != 0) {
            figures.addPendingLoad(endpoint, load);
        }
        return new Reservation(figures, endpoint, pendingTokens, load, probe);
    }

    /** Where it is. */
    public PodView endpoint() {
        return endpoint;
    }

    /** The number of the probe that it is. */
    int probe() {
        return probe;
    }

    /** The prompt has been computed: its tokens do not wait any more. */
    void firstByte() {
        if (STATE.compareAndSet(this, PENDING, ANSWERING)) {
            figures.addPendingTokens(endpoint, -pendingTokens);
        }
    }

    /**
     * The leg has ended.
     *
     * @return whether this was the first end
     */
    boolean release() {
        int before = (int) STATE.getAndSet(this, RELEASED);
        if (before == RELEASED) {
            return false;
        }
        if (before == PENDING) {
            figures.addPendingTokens(endpoint, -pendingTokens);
        } else {
            // One that never got a byte says nothing of how fast the endpoint works.
            figures.completed(endpoint);
        }
        if (load != 0) {
            figures.addPendingLoad(endpoint, -load);
        }
        // Last: from here on the slot may pass to another endpoint.
        figures.addInFlight(endpoint, -1);
        return true;
    }
}
