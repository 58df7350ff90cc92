package dev.penstock.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GcLogTest {
    private static final long MEBIBYTE = 1 << 20;

    @Test
    void shouldTellTheRateOfAllocation() {
        List<GcLog.Collection> collections = GcLog.parse("""
                [0.005s] Using Parallel
                [1.000s] GC(0) Pause Young (Allocation Failure) 64M->4M(245M) 2.101ms
                [2.000s] GC(1) Pause Young (Allocation Failure) 68M->5M(245M) 1.954ms
                [4.000s] GC(2) Pause Young (Normal) (G1 Evacuation Pause) 69M->6M(245M) 1.954ms
                """);

        assertThat(collections).hasSize(3);
        assertThat(GcLog.bytesPerSecond(collections)).isEqualTo(128 * MEBIBYTE / 3.0);
    }

    @Test
    void shouldReadSharesOfTheHeap() {
        List<GcLog.Collection> collections =
                GcLog.parse("[1.500s] GC(7) Minor Collection (Allocation Rate) 1G(50%)->512K(1%) 0.020s\n");

        assertThat(collections).containsExactly(new GcLog.Collection(1.5, 1024 * MEBIBYTE, MEBIBYTE / 2));
    }

    @Test
    void shouldNotGuessFromTooFewCollections() {
        assertThat(GcLog.bytesPerSecond(List.of())).isNaN();
    }
}
