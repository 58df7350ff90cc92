package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.RoutingContext;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HeldRequestsTest {

    private final List<RoutingContext> asked = new ArrayList<>();
    private final TestShard shard = TestShard.builder().router(ScriptedProvider.of("later", asked::add))
            .router(ScriptedProvider.of("now", context -> context.select(context.candidates().get(0)))).build();

    private Routed submit(String strategy) {
        Routed submitted = shard.submit(strategy, FakeRequest.plain());
        shard.serve();
        return submitted;
    }

    @Test
    void shouldCountWhatARouterHasNotAnswered() {
        shard.fleet().add("p1");
        submit("later");
        submit("later");
        assertThat(shard.held()).isEqualTo(2);
        asked.getFirst().abstain("enough");
        assertThat(shard.held()).as("still to be taken from the mailbox").isEqualTo(1);
        CompletableFuture.runAsync(() -> asked.getLast().select(asked.getLast().candidates().get(0))).join();
        assertThat(shard.held()).isZero();
        shard.serve();
        assertThat(shard.held()).isZero();
    }

    @Test
    void shouldCountNothingWhereItIsAnsweredAtOnce() {
        shard.fleet().add("p1");
        assertThat(submit("now").pod()).isEqualTo("p1");
        assertThat(shard.held()).isZero();
    }

    @Test
    void shouldNotCountWhatWasCanceled() {
        shard.fleet().add("p1");
        Routed submitted = submit("later");
        assertThat(submitted.cancel()).isTrue();
        assertThat(shard.held()).isZero();
        assertThat(asked.getFirst().abstain("late")).isFalse();
        assertThat(shard.held()).isZero();
    }

    @Test
    void shouldNotCountWhereThereIsNobodyToChoose() {
        submit("later");
        assertThat(asked).isEmpty();
        assertThat(shard.held()).isZero();
    }
}
