package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.penstock.core.config.TraceSteps;
import dev.penstock.spi.Usage;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class TraceRingTest {

    private static final int REQUESTS = 10_000;
    private static final Usage USAGE = new Usage(512, 128);

    @Test
    void shouldMakeNoObjectOnTheThreadOfARequest() {
        TraceRing ring = new TraceRing(TraceRing.BYTES, () -> TraceSteps.ALL_ON);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        trace(ring, REQUESTS);
        long before = threads.getCurrentThreadAllocatedBytes();

        trace(ring, REQUESTS);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes; the measurement itself takes some")
                .isLessThan(REQUESTS / 10);
        assertThat(ring.droppedArrivals() + ring.droppedCompletions()).isZero();
    }

    private static void trace(TraceRing ring, int requests) {
        for (int i = 0; i < requests; i++) {
            long term = ring.began("model");
            ring.ended("model", term, USAGE);
        }
    }
}
