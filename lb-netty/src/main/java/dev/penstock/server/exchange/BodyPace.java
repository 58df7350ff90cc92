package dev.penstock.server.exchange;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.RequestLimits;
import java.util.concurrent.TimeUnit;

/** How fast a client must send a body, so that neither a pause nor the whole takes too long. Holds no state. */
final class BodyPace {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long NEVER = Long.MAX_VALUE;

    private BodyPace() {
    }

    /**
     * Time for the next bytes to come; 0 for ever, else at least 1.
     *
     * @param elapsedNanos since the body began, without the time in which it was not read
     * @param received bytes of it that have come
     */
    static long timeoutNanos(long elapsedNanos, long received, LiveSettings settings) {
        long pause = settings.timeouts().bodyNanos();
        long timeout = Math.min(pause > 0 ? pause : NEVER, untilTooSlow(elapsedNanos, received, settings.limits()));
        return timeout == NEVER ? 0 : Math.max(1, timeout);
    }

    private static long untilTooSlow(long elapsedNanos, long received, RequestLimits limits) {
        long rate = limits.bodyRate();
        if (rate <= 0 || received / rate > Integer.MAX_VALUE) {
            return NEVER;
        }
        long paid = received / rate * SECOND_NANOS + (long) ((double) (received % rate) / rate * SECOND_NANOS);
        return limits.bodyRateGraceNanos() + paid - elapsedNanos;
    }
}
