package dev.penstock.cache.snapshot;

import static dev.penstock.cache.snapshot.HandDrivenCache.onPorts;
import static dev.penstock.cache.snapshot.HandDrivenCache.pod;
import static dev.penstock.cache.snapshot.HandDrivenCache.readiness;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a pod serves: what its source says, what adapters name it, and what its engine reports. */
class EffectiveModelsTest {

    private final HandDrivenCache cache = new HandDrivenCache(64, 2);

    private void adapter(String name, String... pods) {
        cache.tell(new CacheCommand.AdapterUpserted("adapters", new AdapterSpec("ns", name, Set.of(pods))));
    }

    private void report(PodSpec pod, int port, String... models) {
        cache.tell(new CacheCommand.ModelsReported(pod.identity(), port, Set.of(models)));
    }

    private List<String> names(String model) {
        List<String> names = new ArrayList<>();
        Model found = cache.fleet().model(model);
        for (int i = 0; found != null && i < found.endpoints().size(); i++) {
            names.add(found.endpoints().get(i).name() + ":" + found.endpoints().get(i).port());
        }
        return names;
    }

    @Test
    void shouldServeAnAdapterWhicheverIsToldFirst() {
        adapter("early", "a", "b");
        cache.upsert(pod("a", "1", "m"));
        cache.upsert(pod("c", "3", "m"));
        adapter("late", "c");
        cache.publish();

        assertThat(names("early")).containsExactly("a:8000");
        assertThat(names("late")).containsExactly("c:8000");
        assertThat(names("m")).containsExactly("a:8000", "c:8000");
        assertThat(cache.model("early").baseModel()).isEqualTo("m");
        assertThat(cache.model("early").shard()).isEqualTo(cache.model("m").shard());

        cache.upsert(pod("b", "2", "m"));
        cache.publish();

        assertThat(names("early")).containsExactly("a:8000", "b:8000");
    }

    @Test
    void shouldNotShowAnAdapterThatNoPodHasLoaded() {
        cache.upsert(pod("a", "1", "m"));
        cache.publish();
        long version = cache.fleet().version();
        adapter("lora", "gone");
        cache.tell(new CacheCommand.AdapterUpserted("adapters", new AdapterSpec("elsewhere", "lora", Set.of("a"))));
        cache.publish();

        assertThat(cache.fleet().model("lora")).isNull();
        assertThat(cache.fleet().version()).as("nothing changed").isEqualTo(version);
    }

    @Test
    void shouldMoveAnAdapterWithOnePublication() {
        cache.upsert(pod("a", "1", "m"));
        cache.upsert(pod("b", "2", "m"));
        adapter("lora", "a");
        Fleet before = cache.publish();

        adapter("lora", "b");
        Fleet after = cache.publish();

        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(names("lora")).containsExactly("b:8000");
        cache.tell(new CacheCommand.AdapterRemoved("other", "ns", "lora"));
        cache.publish();
        assertThat(names("lora")).as("of another source").containsExactly("b:8000");
        cache.tell(new CacheCommand.AdapterRemoved("adapters", "ns", "lora"));
        cache.publish();
        assertThat(cache.fleet().model("lora")).isNull();
    }

    @Test
    void shouldKeepWhatAnotherSourceSaysOfTheSameAdapter() {
        cache.upsert(pod("a", "1", "m"));
        adapter("lora", "a");
        cache.tell(new CacheCommand.PodsReplaced("file", new FleetSpec(List.of(), List.of(),
                List.of(new AdapterSpec("ns", "lora", Set.of("a"))))));
        cache.publish();

        cache.tell(new CacheCommand.PodsReplaced("file", new FleetSpec(List.of(), List.of(), List.of())));
        cache.publish();
        assertThat(names("lora")).containsExactly("a:8000");

        cache.tell(new CacheCommand.AdapterRemoved("adapters", "ns", "lora"));
        cache.publish();
        assertThat(cache.fleet().model("lora")).isNull();
    }

    @Test
    void shouldLoseNothingOverUpdates() {
        PodSpec spec = pod("a", "1", "m");
        cache.upsert(spec);
        adapter("lora", "a");
        report(spec, 8000, "loaded");
        cache.publish();
        PodView before = cache.only("m");
        cache.figures.addInFlight(before, 2);

        for (boolean ready : new boolean[] {false, true, false}) {
            cache.upsert(readiness(spec, ready));
            cache.publish();
            assertThat(cache.only("lora").sameEndpoint(before)).isTrue();
            assertThat(cache.only("loaded").sameEndpoint(before)).isTrue();
            assertThat(cache.only("loaded").ready()).isEqualTo(ready);
        }
        cache.replace(List.of(spec));
        cache.publish();
        assertThat(names("loaded")).containsExactly("a:8000");
        assertThat(names("lora")).containsExactly("a:8000");
        assertThat(cache.figures.inFlight(before)).isEqualTo(2);
    }

    @Test
    void shouldGiveAnotherPodOfTheNameItsAdaptersButNotItsReports() {
        PodSpec old = pod("a", "1", "m");
        cache.upsert(old);
        adapter("lora", "a");
        report(old, 8000, "loaded");
        cache.publish();
        assertThat(names("loaded")).containsExactly("a:8000");

        PodSpec next = pod("a", "2", "m");
        cache.upsert(next);
        report(old, 8000, "loaded", "more");
        cache.publish();

        assertThat(cache.only("lora").uid()).isEqualTo("2");
        assertThat(cache.fleet().model("loaded")).isNull();
        assertThat(cache.fleet().model("more")).as("a late report of the pod before").isNull();
        report(next, 8000, "more");
        cache.publish();
        assertThat(cache.only("more").uid()).isEqualTo("2");
    }

    @Test
    void shouldTakeReportsByPort() {
        PodSpec spec = onPorts(pod("a", "1", "m"), 8000, 8001);
        cache.upsert(spec);
        report(spec, 8001, "lora");
        report(spec, 9999, "nobody");
        cache.publish();
        assertThat(names("lora")).containsExactly("a:8001");
        assertThat(names("m")).containsExactly("a:8000", "a:8001");
        assertThat(cache.fleet().model("nobody")).isNull();

        report(spec, 8000, "lora", "second");
        report(spec, 8001);
        cache.publish();

        assertThat(names("lora")).containsExactly("a:8000");
        assertThat(names("second")).containsExactly("a:8000");
        assertThat(cache.model("second").baseModel()).isEqualTo("m");
    }

    @Test
    void shouldShowBothListsOfAPodAtOnce() {
        cache.upsert(pod("a", "1", "before", "stays"));
        Fleet before = cache.publish();

        cache.upsert(pod("a", "1", "after", "stays"));
        Fleet after = cache.publish();

        assertThat(after.version()).isEqualTo(before.version() + 1);
        assertThat(before.models()).extracting(Model::name).containsExactly("before", "stays");
        assertThat(after.models()).extracting(Model::name).containsExactly("after", "stays");
    }

    @Test
    void shouldUnmapEverythingWithTheLastPod() {
        PodSpec spec = pod("a", "1", "m");
        cache.replace(List.of(spec), new ModelSpec("m", Set.of("alias"), null, null));
        adapter("lora", "a");
        report(spec, 8000, "loaded");
        cache.publish();
        assertThat(cache.fleet().models()).extracting(Model::name).containsExactly("alias", "loaded", "lora", "m");

        cache.remove(spec);
        cache.publish();

        assertThat(cache.fleet().models()).isEmpty();
        assertThat(cache.fleet().modelCount()).isZero();
        assertThat(cache.fleet().endpoint(0)).isNull();
    }

    @Test
    void shouldTakeTheBaseModelOfThePods() {
        PodSpec labeled = new PodSpec(new PodIdentity("ns", "a", "1"), "h", List.of(8000), null, "vllm", true,
                Map.of("model.aibrix.ai/name", "zeta"), Map.of(), Set.of("alpha", "zeta"));
        cache.upsert(labeled);
        cache.upsert(pod("b", "2", "beta", "gamma"));
        adapter("on-labeled", "a");
        adapter("on-other", "b");
        adapter("on-both", "a", "b");
        cache.publish();
        assertThat(cache.model("on-labeled").baseModel()).isEqualTo("zeta");
        assertThat(cache.model("on-other").baseModel()).isEqualTo("beta");
        assertThat(cache.model("on-both").baseModel()).isEqualTo("beta");
        assertThat(cache.model("gamma").baseModel()).isEqualTo("gamma");

        cache.upsert(pod("c", "3", "on-both"));
        cache.publish();

        assertThat(cache.model("on-both").baseModel()).as("a pod has it as its own").isEqualTo("on-both");
    }

    @Test
    void shouldTakeStrategiesOfTheBaseModelForItsAdapters() {
        adapter("lora", "a");
        cache.replace(List.of(pod("a", "1", "m")), new ModelSpec("m", Set.of(), "random", null));
        cache.publish();
        assertThat(cache.model("lora").strategy()).isEqualTo("random");

        cache.replace(List.of(pod("a", "1", "m")), new ModelSpec("m", Set.of(), "random", "pd"));
        cache.publish();
        assertThat(cache.model("lora").lockedStrategy()).isEqualTo("pd");

        cache.replace(List.of(pod("a", "1", "m")), new ModelSpec("lora", Set.of(), null, null));
        cache.publish();
        assertThat(Objects.requireNonNull(cache.fleet().model("lora")).strategy()).isNull();
    }
}
