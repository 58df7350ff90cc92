package dev.penstock.cache.limits;

import dev.penstock.core.model.ModelRate;
import java.util.concurrent.atomic.AtomicInteger;

/** What one model has to do for this process: requests of its window, and requests in flight. Any thread; exact. */
final class ModelCounts {

    private final ModelWindow window = new ModelWindow();
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Whether there is room for one more in flight, which is taken. */
    boolean enters(ModelRate rate) {
        if (rate.inFlight() > 0 && inFlight.incrementAndGet() > rate.inFlight()) {
            inFlight.decrementAndGet();
            return false;
        }
        return true;
    }

    /** One that has entered leaves. */
    void leaves(ModelRate rate) {
        if (rate.inFlight() > 0) {
            inFlight.decrementAndGet();
        }
    }

    /** Takes a request of the window, as {@link ModelWindow#take} does; any number where the rate has none. */
    int take(ModelRate rate, int second) {
        return rate.requests() == 0 ? second : window.take(rate, second);
    }

    void giveBack(ModelRate rate, int began) {
        if (rate.requests() > 0) {
            window.giveBack(began);
        }
    }
}
