package dev.penstock.server.frontend;

import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Timed;
import java.util.concurrent.TimeUnit;

/** The deadline of a client's connection while it has no request. Confined to its event loop. */
final class ConnectionTimer extends Timed {
    /** For how long a client may go on sending what nobody reads, after its last answer. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** For how long a client may still come with its next request when the balancer leaves. */
    private static final long LAST_CALL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final LoopState loop;
    private final Http1Stream stream;
    private boolean started;
    private boolean waiting = true;
    private long sinceNanos;
    private boolean inHead;

    ConnectionTimer(LoopState loop, Http1Stream stream) {
        this.loop = loop;
        this.stream = stream;
    }

    /** The connection stands: its first head is awaited. */
    void start() {
        if (!started) {
            started = true;
            arm(loop.proxy().context().settings().get().timeouts().headerNanos());
            loop.deadlines().add(this);
        }
    }

    /** A request is being served. */
    void stop() {
        inHead = false;
        waiting = false;
        noDeadline();
    }

    /** Another request may come. */
    void idle() {
        inHead = false;
        waiting = true;
        // An answer that had begun before could not say that the connection ends.
        arm(loop.proxy().leaving() ? LAST_CALL_NANOS : loop.proxy().context().limits().clientIdleNanos());
    }

    /** The first bytes of a head are there. */
    void headBegan() {
        if (!inHead) {
            inHead = true;
            arm(loop.proxy().context().settings().get().timeouts().headerNanos());
        }
    }

    /** The last answer is given, and the client has not sent all of its request. */
    void linger() {
        inHead = false;
        waiting = false;
        arm(LINGER_NANOS);
    }

    void end() {
        loop.deadlines().remove(this);
    }

    private void arm(long timeoutNanos) {
        sinceNanos = loop.nanoTime();
        if (timeoutNanos <= 0) {
            noDeadline();
            return;
        }
        deadline(sinceNanos + timeoutNanos);
        if (started) {
            loop.deadlines().hurry(this);
        }
    }

    @Override
    protected void balancerLeaves() {
        if (waiting && !inHead) {
            // A client that has just been answered may be about to ask again: it is told with that answer.
            deadline(sinceNanos + LAST_CALL_NANOS);
            loop.deadlines().hurry(this);
        }
    }

    @Override
    protected void balancerCloses() {
        stream.close();
    }

    @Override
    protected void expired() {
        stream.timedOut(inHead);
    }
}
