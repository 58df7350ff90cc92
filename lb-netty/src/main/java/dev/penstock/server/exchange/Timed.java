package dev.penstock.server.exchange;

import org.jspecify.annotations.Nullable;

/** Something with one deadline, which moves. Confined to one event loop; see {@link Deadlines}. */
public abstract class Timed {
    @Nullable Timed before;
    @Nullable Timed after;
    boolean listed;
    private boolean armed;
    private long deadlineNanos;

    /** Sets the deadline, in the time of the host's clock. Costs two writes, so it may move with every chunk. */
    protected final void deadline(long nanos) {
        deadlineNanos = nanos;
        armed = true;
    }

    /** Takes the deadline away. */
    protected final void noDeadline() {
        armed = false;
    }

    final boolean due(long now) {
        return armed && deadlineNanos - now <= 0;
    }

    /** Nanoseconds until the deadline; {@link Long#MAX_VALUE} where there is none. */
    final long remaining(long now) {
        return armed ? deadlineNanos - now : Long.MAX_VALUE;
    }

    /** The balancer drains; whoever stands for a connection tells its client to go elsewhere. */
    protected void balancerDrains() {
    }

    /** The balancer accepts no more connections; a connection that nobody uses is closed, gently. */
    protected void balancerLeaves() {
    }

    /** The balancer closes; whoever stands for a connection closes it. */
    protected void balancerCloses() {
    }

    /** The deadline has passed; it is not set any more. */
    protected abstract void expired();
}
