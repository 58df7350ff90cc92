package dev.penstock.bench.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ten thousand requests to idle equal pods, as many at a time as there are descriptors for. */
final class FairnessIT {
    private static final int REQUESTS = 10_000;
    /** Client, both sides of the load balancer, engine. */
    private static final int DESCRIPTORS_OF_A_REQUEST = 4;
    private static final int OTHER_DESCRIPTORS = 1_000;

    @Test
    @Timeout(180)
    void shouldNeverHaveTwoRequestsMoreOnOnePodThanOnAnother() throws Exception {
        int most = connections();
        System.out.println(REQUESTS + " requests, " + most + " at a time");
        try (HeldFleet fleet = new HeldFleet(0)) {
            for (int left = REQUESTS; left > 0; left -= most) {
                fleet.wave(Math.min(left, most));
            }
        }
    }

    private static int connections() {
        long limit = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() : 20_000;
        return Math.clamp((limit - OTHER_DESCRIPTORS) / DESCRIPTORS_OF_A_REQUEST, 16, REQUESTS);
    }
}
