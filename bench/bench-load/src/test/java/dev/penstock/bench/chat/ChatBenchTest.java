package dev.penstock.bench.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChatBenchTest {

    private static final ChatPlan PLAN = new ChatPlan(2, 4_096, 40, 1, 4, 7);

    @Test
    void shouldSendAllThatWasSaidBefore() {
        Chat chat = new Chat(new SplittableRandom(3), "m", "be brief");
        String before = "";
        while (chat.goesOn()) {
            String body = chat.ask();
            String messages = body.substring(body.indexOf('['), body.lastIndexOf(']'));
            assertThat(messages).startsWith(before).contains("be brief");
            before = messages;
            chat.answered();
        }
        assertThat(before).contains("\"user\"");
    }

    @Test
    void shouldMeasureEveryRequest() throws InterruptedException {
        try (SimFleet fleet = SimFleet.builder().engines(1).model("chat").time(PLAN.time()).outputTokens(4).start()) {
            ChatLoad load = new ChatLoad(PLAN, fleet.engine(0).port(), "chat");
            List<Long> times = load.run();
            assertThat(load.failures()).isZero();
            assertThat(times).isNotEmpty().hasSize((int) fleet.engine(0).counters().requests().value());
        }
    }

    @Test
    void shouldCountRequestsThatFail() throws InterruptedException {
        try (SimFleet fleet = SimFleet.builder().engines(1).model("another").time(PLAN.time()).start()) {
            ChatLoad load = new ChatLoad(PLAN, fleet.engine(0).port(), "chat");
            assertThat(load.run()).isEmpty();
            assertThat(load.failures()).isPositive();
        }
    }

    @Test
    void shouldSumUpWhatTheEnginesTell() {
        ChatResult result = new ChatResult("x", 4, 0, List.of(1_000_000L, 2_000_000L, 3_000_000L, 10_000_000L),
                List.of(100L, 300L), List.of(50L, 50L));
        assertThat(result.meanSeconds()).isEqualTo(0.004);
        assertThat(result.percentileSeconds(50)).isEqualTo(0.002);
        assertThat(result.percentileSeconds(99)).isEqualTo(0.01);
        assertThat(result.hitRatio()).isEqualTo(0.25);
        assertThat(result.loadMaxOverMean()).isEqualTo(250.0 / 150);
    }
}
