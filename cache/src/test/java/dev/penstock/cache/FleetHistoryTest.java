package dev.penstock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.FleetTimes;
import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class FleetHistoryTest {

    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong now = new AtomicLong(100 * SECOND);

    private static PodSpec pod(String name, boolean ready, String... models) {
        return new PodSpec(new PodIdentity("ns", name, "u-" + name), "10.0.0.1", List.of(8000), null, "vllm", ready,
                Map.of(), Map.of(), Set.of(models));
    }

    private void tell(FleetCache cache, CacheCommand command) {
        long version = cache.current().version();
        now.addAndGet(5 * SECOND);
        assertThat(cache.proxy().offer(command)).isTrue();
        while (cache.current().version() == version) {
            Thread.onSpinWait();
        }
    }

    private static FleetTimes.ModelTimes awaitChange(FleetCache cache, String model, long version) {
        FleetTimes.ModelTimes times = cache.times().model(model);
        while (times == null || times.changedVersion() < version) {
            Thread.onSpinWait();
            times = cache.times().model(model);
        }
        return times;
    }

    @Test
    void shouldRememberSinceWhenModelsAndEndpointsAreAsTheyAre() {
        FleetSpec fleet = new FleetSpec(List.of(pod("a", true, "m"), pod("b", true, "other")), List.of());
        try (FleetCache cache = FleetCache.builder(CacheRole.GATEWAY).clock(now::get).fleet(fleet).start()) {
            assertThat(cache.times().publishedNanos()).isEqualTo(100 * SECOND);
            assertThat(cache.times().model("m"))
                    .isEqualTo(new FleetTimes.ModelTimes(100 * SECOND, 1, 100 * SECOND, 1));
            assertThat(cache.times().model("none")).isNull();

            tell(cache, new CacheCommand.PodUpserted("test", pod("a", false, "m")));
            assertThat(awaitChange(cache, "m", 2))
                    .isEqualTo(new FleetTimes.ModelTimes(100 * SECOND, 1, 105 * SECOND, 2));
            assertThat(cache.times().model("other")).as("another model")
                    .isEqualTo(new FleetTimes.ModelTimes(100 * SECOND, 1, 100 * SECOND, 1));
            PodView pod = cache.pod("ns", "a");
            assertThat(cache.times().joinedNanos(pod)).isEqualTo(100 * SECOND);
            assertThat(cache.times().changedNanos(pod)).isEqualTo(105 * SECOND);
            assertThat(cache.times().nowNanos()).isEqualTo(105 * SECOND);

            tell(cache, new CacheCommand.PodRemoved("test", "ns", "a", "u-a"));
            while (cache.times().model("m") != null) {
                Thread.onSpinWait();
            }
            tell(cache, new CacheCommand.PodUpserted("test", pod("c", true, "m")));
            assertThat(awaitChange(cache, "m", 4)).as("it came again")
                    .isEqualTo(new FleetTimes.ModelTimes(115 * SECOND, 4, 115 * SECOND, 4));
        }
    }

    @Test
    void shouldBeKeptForABalancerOnly() {
        try (FleetCache cache = FleetCache.builder(CacheRole.CONTROLLER).start()) {
            assertThatThrownBy(cache::times).isInstanceOf(IllegalStateException.class)
                    .hasMessage("a cache for CONTROLLER keeps no times");
        }
    }
}
