package dev.penstock.server.http2;

import dev.penstock.server.exchange.LoopState;
import dev.penstock.server.exchange.Timed;
import java.util.concurrent.TimeUnit;

/** The deadline of a connection that has no request, or shall have none any more. Confined to its event loop. */
final class ConnectionTimer extends Timed {
    /** For how long the requests are awaited that a client has sent before it knew that we drain. */
    private static final long DRAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** For how long a client may leave what was sent last unread. */
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LoopState loop;
    private final ClientConnection connection;
    private boolean inHead;

    ConnectionTimer(LoopState loop, ClientConnection connection) {
        this.loop = loop;
        this.connection = connection;
    }

    /** The connection stands, and its first request is awaited. */
    void start() {
        headAwaited();
        if (loop.proxy().leaving()) {
            arm(LAST_CALL_NANOS);
        }
        loop.deadlines().add(this);
    }

    /** A request is being served. */
    void stop() {
        inHead = false;
        noDeadline();
    }

    /** No request is being served; another may come. */
    void idle() {
        inHead = false;
        arm(loop.proxy().context().settings().get().timeouts().clientIdleNanos());
    }

    /** Part of a frame has come while no request is being served. */
    void frameBegan() {
        if (!inHead) {
            headAwaited();
            loop.deadlines().hurry(this);
        }
    }

    private void headAwaited() {
        inHead = true;
        arm(loop.proxy().context().settings().get().timeouts().headerNanos());
    }

    /** The client has been told that there is an end. */
    void drains() {
        arm(DRAIN_NANOS);
        loop.deadlines().hurry(this);
    }

    /** Everything has been said. */
    void linger() {
        arm(LINGER_NANOS);
        loop.deadlines().hurry(this);
    }

    void end() {
        loop.deadlines().remove(this);
    }

    private void arm(long timeoutNanos) {
        if (timeoutNanos <= 0) {
            noDeadline();
        } else {
            deadline(loop.nanoTime() + timeoutNanos);
        }
    }

    @Override
    protected void balancerDrains() {
        connection.drain();
    }

    @Override
    protected void balancerLeaves() {
        connection.drain();
    }

    @Override
    protected void balancerCloses() {
        connection.closeNow();
    }

    @Override
    protected void expired() {
        connection.timedOut();
    }
}
