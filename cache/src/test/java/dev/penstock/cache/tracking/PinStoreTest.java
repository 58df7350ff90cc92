package dev.penstock.cache.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.Pod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PinStoreTest {

    private final FixedFleet fleet = new FixedFleet();
    private long now;
    private final PinStore pins = new PinStore(fleet, () -> now, 3, 100);
    private final Pod pod = FixedFleet.pod("u", 1);

    @Test
    void shouldFindTheEndpointAsItIsNow() {
        fleet.show(pod);
        pins.pin("r", pod);
        Pod changed = new Pod(pod.identity(), "other", 8000, "other:8000", 0, 1, "", "vllm", false, pod.labels(),
                pod.annotations());
        fleet.show(changed);

        assertThat(pins.find("r")).isSameAs(changed);
        assertThat(pins.find("s")).isNull();
    }

    @Test
    void shouldNotFindAnEndpointThatHasLeft() {
        fleet.show(pod);
        pins.pin("r", pod);

        fleet.show(FixedFleet.pod("u", 2));
        assertThat(pins.find("r")).isNull();
        fleet.show(FixedFleet.pod("v", 1));
        assertThat(pins.find("r")).isNull();
        fleet.show(null);
        assertThat(pins.find("r")).isNull();
    }

    @Test
    void shouldForgetTheOldest() {
        fleet.show(pod);
        for (String id : List.of("a", "b", "c", "a", "d")) {
            pins.pin(id, pod);
        }

        assertThat(pins.find("a")).as("pinned again").isNotNull();
        assertThat(pins.find("b")).isNull();
        assertThat(pins.find("c")).isNotNull();
        assertThat(pins.find("d")).isNotNull();
        assertThat(pins.size()).isEqualTo(3);
    }

    @Test
    void shouldForgetWhatIsTooOld() {
        fleet.show(pod);
        pins.pin("r", pod);
        now = 100;
        assertThat(pins.find("r")).isNotNull();
        now = 101;
        assertThat(pins.find("r")).isNull();
        assertThat(pins.size()).isZero();
    }

    @Test
    void shouldNotRememberIdsThatNoEngineMakes() {
        fleet.show(pod);
        pins.pin("", pod);
        pins.pin("x".repeat(PinStore.LONGEST_ID + 1), pod);

        assertThat(pins.size()).isZero();
    }

    @Test
    @Timeout(30)
    void shouldStayBoundedUnderManyThreads() throws InterruptedException {
        fleet.show(pod);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int each = 0; each < 50_000; each++) {
                    pins.pin("r" + (each * 7 + number) % 11, pod);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(pins.size()).isLessThanOrEqualTo(3);
    }
}
