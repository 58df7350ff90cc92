package dev.penstock.bench.soak;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bursts that arrive on several event loops at once: none of them may take a stale figure for true. */
final class HerdingIT {

    @ParameterizedTest
    @Timeout(120)
    @ValueSource(ints = {1, 2})
    void shouldNotSendABurstToThePodThatWasIdle(int ioThreads) throws Exception {
        try (HeldFleet fleet = new HeldFleet(ioThreads)) {
            for (int burst = 0; burst < 40; burst++) {
                // Also numbers that do not divide evenly.
                fleet.wave(HeldFleet.ENGINES * 8 + burst % 5);
            }
        }
    }
}
