package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.EndpointList;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.model.ModelIndex;
import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.model.TrafficSplit;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which model a request goes to whose name is split. */
class SplitTargetTest {
    private static final int REQUESTS = 1_000;

    private static Model model(String name, boolean ready, @Nullable TrafficSplit split) {
        PodView pod = Pod.of(new PodIdentity("ns", name, name), "10.0.0.1", 8000, 0, 0, "", "vllm", ready, Map.of(),
                Map.of());
        Candidates all = EndpointList.of(List.of(pod));
        return new Model(name, name, all, EndpointList.filter(all, PodView::ready), 0, null, null, split, null,
                List.of());
    }

    private static Fleet fleet(Model... models) {
        return new Fleet(1, ModelIndex.of(List.of(models)), new PodView[0][]);
    }

    private static List<String> targets(Model named, Fleet fleet) {
        SplittableRandom random = new SplittableRandom(42);
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            targets.add(SplitTarget.of(named, fleet, random).name());
        }
        return targets;
    }

    /** What the same numbers give where the first ones of a hundred are green's, the rest blue's. */
    private static List<String> expected(int green) {
        SplittableRandom random = new SplittableRandom(42);
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            // In the order of names.
            targets.add(random.nextInt(100) < 100 - green ? "blue" : "green");
        }
        return targets;
    }

    @Test
    void shouldGiveEachModelItsShare() {
        Model chat = model("chat", false, TrafficSplit.of(Map.of("blue", 90, "green", 10)));
        List<String> targets = targets(chat, fleet(chat, model("blue", true, null), model("green", true, null)));
        assertThat(targets).isEqualTo(expected(10));
        assertThat(targets).contains("blue", "green");
    }

    @Test
    void shouldGiveTheOthersTheShareOfAModelThatIsNotReady() {
        Model chat = model("chat", false, TrafficSplit.of(Map.of("blue", 90, "green", 6, "red", 4)));
        Fleet fleet = fleet(chat, model("blue", false, null), model("green", true, null), model("red", true, null));
        SplittableRandom random = new SplittableRandom(42);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            int first = random.nextInt(100);
            expected.add(first < 90 ? random.nextInt(10) < 6 ? "green" : "red" : first < 96 ? "green" : "red");
        }
        assertThat(targets(chat, fleet)).isEqualTo(expected);
        assertThat(expected).contains("green", "red");
    }

    @Test
    void shouldTakeAnyWhereNoneIsReady() {
        Model chat = model("chat", false, TrafficSplit.of(Map.of("blue", 90, "green", 10)));
        Fleet fleet = fleet(chat, model("blue", false, null), model("green", false, null));
        assertThat(targets(chat, fleet)).isEqualTo(expected(10));
    }

    @Test
    void shouldKnowAModelThatIsOneOfItsOwnTargets() {
        Model chat = model("chat", true, TrafficSplit.of(Map.of("chat", 1)));
        assertThat(targets(chat, fleet(chat))).containsOnly("chat");
    }

    @Test
    void shouldDrawNothingWhereNothingIsSplit() {
        Model m = model("m", false, null);
        SplittableRandom random = new SplittableRandom(1);
        assertThat(SplitTarget.of(m, fleet(m), random)).isSameAs(m);
        assertThat(random.nextInt()).isEqualTo(new SplittableRandom(1).nextInt());
    }
}
