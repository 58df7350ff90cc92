package dev.penstock.core.engine;

import dev.penstock.core.port.NanoClock;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times the calls of one router instance, and sees to it that its code finds its own classes and not the
 * host's by way of the thread. Confined to the thread that holds the shard; calls of one are not nested.
 */
final class Caller {

    private final StrategyFigures figures;
    private final NanoClock clock;
    private final @Nullable ClassLoader classes;
    private int calls;
    private long beganNanos;

    /**
     * A caller of one instance.
     *
     * @param figures where its strategy is counted
     * @param clock by which calls are timed
     * @param classes what the thread shows while the instance is called
     */
    Caller(StrategyFigures figures, NanoClock clock, @Nullable ClassLoader classes) {
        this.figures = figures;
        this.clock = clock;
        this.classes = classes;
    }

    StrategyFigures figures() {
        return figures;
    }

    /**
     * A call begins.
     *
     * @return what the thread has shown so far, for {@link #end}
     */
    @Nullable ClassLoader begin() {
        Thread thread = Thread.currentThread();
        ClassLoader host = thread.getContextClassLoader();
        // A field of the thread: to write it with each call is not to be seen in a profile.
        thread.setContextClassLoader(classes);
        figures.called();
        if (timed()) {
            beganNanos = clock.nanoTime();
        }
        return host;
    }

    /** The call has ended, one way or another. */
    void end(@Nullable ClassLoader host) {
        Thread.currentThread().setContextClassLoader(host);
        if (timed()) {
            figures.timed(clock.nanoTime() - beganNanos);
        }
        calls++;
    }

    private boolean timed() {
        return (calls & StrategyFigures.TIMED_ONE_IN - 1) == 0;
    }
}
