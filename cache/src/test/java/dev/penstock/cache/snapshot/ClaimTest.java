package dev.penstock.cache.snapshot;

import static dev.penstock.cache.snapshot.HandDrivenCache.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.model.ClaimedPod;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.PodView;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimTest {

    private final HandDrivenCache cache = new HandDrivenCache(64, 2);

    private static ModelClaim claim(String model, int port, ModelClaim.State state) {
        return new ModelClaim("claim-" + model, model, port, state);
    }

    private static PodSpec claiming(PodSpec pod, ModelClaim... claims) {
        return new PodSpec(pod.identity(), pod.host(), pod.ports(), pod.group(), pod.engine(), pod.ready(),
                pod.labels(), pod.annotations(), pod.models(), List.of(claims));
    }

    @Test
    void shouldServeAnActiveClaimOnItsPortAlone() {
        cache.upsert(claiming(pod("a", "1", "own"), claim("big", 9001, ModelClaim.State.ACTIVE),
                claim("small", 9002, ModelClaim.State.ACTIVE)));
        cache.publish();

        assertThat(cache.only("own").port()).isEqualTo(8000);
        assertThat(cache.only("big").port()).isEqualTo(9001);
        assertThat(cache.only("small").port()).isEqualTo(9002);
        assertThat(cache.model("big").endpoints().size()).isEqualTo(1);
        assertThat(cache.model("big").baseModel()).isEqualTo("big");
        assertThat(cache.model("big").claimState()).isEqualTo(ModelClaim.State.ACTIVE);
        assertThat(cache.model("own").claimState()).isNull();
        assertThat(cache.model("big").shard()).as("they share a pod").isEqualTo(cache.model("own").shard())
                .isEqualTo(cache.model("small").shard());
    }

    @Test
    void shouldKnowAModelThatSleepsAndWhoCouldBeWoken() {
        cache.upsert(claiming(pod("a", "1"), claim("big", 0, ModelClaim.State.SLEEPING)));
        cache.upsert(claiming(pod("b", "2"), claim("big", 0, ModelClaim.State.FAILED)));
        cache.upsert(claiming(HandDrivenCache.readiness(pod("c", "3"), false),
                claim("big", 0, ModelClaim.State.SLEEPING)));
        cache.publish();

        assertThat(cache.model("big").endpoints().size()).isZero();
        assertThat(cache.model("big").claimState()).isEqualTo(ModelClaim.State.SLEEPING);
        assertThat(cache.model("big").claims()).extracting(each -> each.pod().name()).containsExactly("a", "b", "c");
        assertThat(cache.model("big").claims().stream().filter(ClaimedPod::wakeable))
                .extracting(each -> each.pod().name()).containsExactly("a");
        assertThat(cache.fleet().endpoint(0)).as("a pod that serves nothing is no endpoint").isNull();
    }

    @Test
    void shouldComeAndGoWithTheState() {
        PodSpec pool = pod("a", "1");
        cache.upsert(claiming(pool, claim("big", 0, ModelClaim.State.SLEEPING)));
        cache.publish();
        cache.upsert(claiming(pool, claim("big", 0, ModelClaim.State.ACTIVATING)));
        cache.publish();
        assertThat(cache.model("big").claimState()).isEqualTo(ModelClaim.State.ACTIVATING);
        cache.upsert(claiming(pool, claim("big", 9001, ModelClaim.State.ACTIVE)));
        cache.publish();
        PodView awake = cache.only("big");
        assertThat(awake.port()).isEqualTo(9001);
        cache.figures.addInFlight(awake, 1);

        cache.upsert(claiming(pool, claim("big", 9001, ModelClaim.State.ACTIVE),
                claim("other", 0, ModelClaim.State.SLEEPING)));
        cache.publish();
        assertThat(cache.only("big").sameEndpoint(awake)).isTrue();
        assertThat(cache.figures.inFlight(awake)).isEqualTo(1);

        cache.upsert(claiming(pool, claim("big", 0, ModelClaim.State.SLEEPING)));
        cache.publish();
        assertThat(cache.model("big").endpoints().size()).isZero();
        assertThat(cache.fleet().model("other")).isNull();

        cache.remove(pool);
        cache.publish();
        assertThat(cache.fleet().model("big")).isNull();
    }

    @Test
    void shouldTakeAClaimedPortFromTheOrdinaryModels() {
        PodSpec pod = claiming(pod("a", "1", "own"), claim("big", 8000, ModelClaim.State.ACTIVE));
        cache.upsert(pod);
        cache.tell(new CacheCommand.ModelsReported(pod.identity(), 8000, Set.of("lora")));
        cache.publish();

        assertThat(cache.only("big").port()).isEqualTo(8000);
        assertThat(cache.fleet().model("own")).isNull();
        assertThat(cache.fleet().model("lora")).isNull();
    }

    @Test
    void shouldServeElsewhereWhatSleepsHere() {
        cache.upsert(claiming(pod("a", "1"), claim("big", 0, ModelClaim.State.SLEEPING)));
        cache.upsert(new PodSpec(new PodIdentity("ns", "b", "2"), "10.0.0.2", List.of(8000), null, "vllm", true,
                Map.of(), Map.of(), Set.of("big")));
        cache.publish();

        assertThat(cache.only("big").name()).isEqualTo("b");
        assertThat(cache.model("big").claims()).hasSize(1);
    }

    @Test
    void shouldHaveAPortExactlyWhereItIsActive() {
        assertThatThrownBy(() -> claim("m", 0, ModelClaim.State.ACTIVE)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("port 0 (expected: 1 to 65535");
        assertThatThrownBy(() -> claim("m", 8000, ModelClaim.State.SLEEPING))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected: 0");
        assertThatThrownBy(() -> claim("m", 70_000, ModelClaim.State.ACTIVE))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
