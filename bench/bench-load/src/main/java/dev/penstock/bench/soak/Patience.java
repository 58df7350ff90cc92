package dev.penstock.bench.soak;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for something that nobody tells. Holds no state. */
final class Patience {
    private static final long LOOK_AGAIN_MILLIS = 20;

    private Patience() {
    }

    /** Answers whether it came true in time. */
    static boolean until(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline >= 0) {
                return false;
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
        }
        return true;
    }
}
