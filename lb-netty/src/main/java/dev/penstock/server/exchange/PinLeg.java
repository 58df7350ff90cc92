package dev.penstock.server.exchange;

import dev.penstock.core.port.Pins;
import dev.penstock.spi.PodView;
import io.netty.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The question to replicas who holds a response that this process knows nothing of. An answer that is late is none.
 * Confined to the event loop of its exchange, but for the answer.
 */
final class PinLeg {
    private static final long DEADLINE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Dispatch dispatch;
    private final Exchange exchange;
    private final LoopState loop;
    private @Nullable Future<?> timer;
    private boolean decided;

    PinLeg(Dispatch dispatch, Exchange exchange, LoopState loop) {
        this.dispatch = dispatch;
        this.exchange = exchange;
        this.loop = loop;
    }

    void ask(Pins pins, String responseId) {
        pins.seek(responseId, this::answered);
        if (!decided) {
            timer = loop.loop().schedule(() -> decide(null), DEADLINE_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** On any thread. */
    private void answered(@Nullable PodView endpoint) {
        if (loop.loop().inEventLoop()) {
            decide(endpoint);
            return;
        }
        try {
            loop.loop().execute(() -> decide(endpoint));
        } catch (RejectedExecutionException e) {
            // The loop has ended, and the request with it.
            return;
        }
    }

    private void decide(@Nullable PodView endpoint) {
        if (decided) {
            return;
        }
        decided = true;
        if (timer != null) {
            timer.cancel(false);
        }
        // The client may have gone meanwhile.
        if (!exchange.ended()) {
            dispatch.found(endpoint);
        }
    }
}
