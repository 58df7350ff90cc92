package dev.penstock.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.TestShard;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What balancers know of conversations, of pods and of the work that these have done. */
class KnowledgeTest {

    private static final long SECOND = 1_000_000_000;

    @Test
    void shouldSeeThatAPromptGoesOnWithAnEarlierOne() {
        Conversations conversations = new Conversations();
        String first = conversations.of(1_500, new int[] {0, 1, 2});
        String other = conversations.of(1_500, new int[] {0, 10, 11});
        assertThat(other).isNotEqualTo(first);
        assertThat(conversations.of(2_700, new int[] {0, 1, 3, 4, 5, 6})).as("all whole blocks of the first")
                .isEqualTo(first);
        assertThat(conversations.of(4_000, new int[] {0, 1, 3, 4, 5, 7, 8, 9})).isEqualTo(first);
        assertThat(conversations.of(1_600, new int[] {0, 10, 12, 13})).isEqualTo(other);
    }

    @Test
    void shouldNotTakeTheSystemPromptForAConversation() {
        Conversations conversations = new Conversations();
        String first = conversations.of(600, new int[] {0, 1});
        assertThat(conversations.of(700, new int[] {0, 2})).isNotEqualTo(first);
        assertThat(conversations.of(1_100, new int[] {0, 1, 3})).as("the second block was not whole")
                .isNotEqualTo(first);
    }

    @Test
    void shouldSayInAProfileWhatAPodCanDo() {
        FleetModel model = new FleetModel(1, 8_000, 1_024, 6_000_000, 350_000, 256);
        GpuProfile profile = PodProfile.of(model);
        // A prefill takes 1.024 s; the queue before it, nine tenths busy, 4.5 times as long.
        assertThat(profile.value(Measure.THROUGHPUT, 8, 8_192)).isEqualTo(0.9 / 1.024, within(1e-9));
        assertThat(profile.value(Measure.TPOT, 8, 8_192)).isEqualTo(0.00635, within(1e-9));
        assertThat(profile.value(Measure.TTFT, 8, 8_192)).isEqualTo(5.5 * 1.024 + 0.00635, within(1e-9));
        assertThat(profile.value(Measure.E2E, 8, 8_192)).isEqualTo(5.5 * 1.024 + 8 * 0.00635, within(1e-9));
        // Long answers to short prompts: as many steps as the whole batch takes.
        double step = 0.006 + 0.00035 * 242;
        assertThat(profile.value(Measure.TPOT, 2_048, 64)).isBetween(0.9 * step, 1.1 * step);
        assertThat(1 / profile.consumption(2_048, 64)).as("requests at once").isBetween(220.0, 256.0);
        assertThat(profile.value(Measure.THROUGHPUT, 8, 131_072)).as("the longest can be carried, too").isPositive();
    }

    @Test
    void shouldTellTheRateOfCompletionsOverTheLastMinute() {
        try (TestShard shard = TestShard.of()) {
            shard.fleet().add("p1").add("p2");
            PodView pod = shard.pod("p1");
            Completions completions = new Completions(shard.load(), List.of(pod, shard.pod("p2")), 0);
            completions.ended(0);
            completions.ended(0);
            completions.advance(9 * SECOND);
            assertThat(shard.load().completionRate(pod)).as("too early").isNaN();
            completions.advance(10 * SECOND);
            assertThat(shard.load().completionRate(pod)).isEqualTo(0.2);
            assertThat(shard.load().completionRate(shard.pod("p2"))).isZero();
            assertThat(shard.load().gauge(pod, Gauge.DRAIN_RATE)).isEqualTo(0.2);
            completions.advance(60 * SECOND);
            assertThat(shard.load().completionRate(pod)).isEqualTo(2 / 60.0);
            completions.advance(65 * SECOND);
            assertThat(shard.load().completionRate(pod)).as("more than a minute ago").isZero();
        }
    }
}
