package dev.penstock.cache.limits;

import dev.penstock.core.model.ModelRate;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the requests of one model in windows of whole seconds. Any thread; exact, for all that it knows is in one
 * word. (jcstress: {@code TwoRequestsOfAModelStress}, {@code RefundOrNextWindowStress})
 */
public final class ModelWindow {

    // The second in which the window began, and the requests of the window.
    private final AtomicLong word = new AtomicLong();

    /**
     * Counts a request, if there is room for it.
     *
     * @param rate how many there may be
     * @param second the time, by any clock that does not go back
     * @return the second in which its window began; less than 0 where there is no room: then it is the number of
     *     seconds until there is, with its sign changed
     */
    public int take(ModelRate rate, int second) {
        while (true) {
            long before = word.get();
            int began = began(before);
            // Who has read the clock earlier and comes later belongs to the window that there is.
            int now = Math.max(second, began);
            boolean over = now - began >= rate.windowSeconds();
            int count = over ? 0 : count(before);
            if (count >= rate.requests()) {
                return began + rate.windowSeconds() - now > 0 ? -(began + rate.windowSeconds() - now) : -1;
            }
            int window = over ? now : began;
            if (word.compareAndSet(before, pack(window, count + 1))) {
                return window;
            }
        }
    }

    /** A request of a window was not routed. Nothing is left to give back where the window is over. */
    public void giveBack(int window) {
        while (true) {
            long before = word.get();
            if (began(before) != window || count(before) == 0
                    || word.compareAndSet(before, pack(window, count(before) - 1))) {
                return;
            }
        }
    }

    private static long pack(int began, int count) {
        return ((long) began << 32) | count;
    }

    private static int began(long word) {
        return (int) (word >>> 32);
    }

    private static int count(long word) {
        return (int) word;
    }
}
