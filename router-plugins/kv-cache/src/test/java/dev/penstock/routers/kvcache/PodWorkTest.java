package dev.penstock.routers.kvcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.RoutingContext;
import dev.penstock.testkit.FakeRequest;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PodWorkTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    private static final int ROW = 7;
    private static final double ASSUMED_RATE = 1_000;

    private final WorkColumns columns = new WorkColumns(ASSUMED_RATE);
    private final PodWork work = columns.open(ROW);

    private record Sent(RoutingContext prompt, long tokens) {}

    /** Against a list, with ends and first bytes in any order. */
    @Test
    void shouldCountWhatIsNotPrefilled() {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Sent> pending = new ArrayList<>();
        List<Sent> active = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int mostly = random.nextInt(10);
            if (active.isEmpty() || (mostly < 5 && active.size() < 100)) {
                Sent sent = new Sent(prompt(true), random.nextInt(1, 10_000));
                pending.add(sent);
                active.add(sent);
                work.sent(sent.prompt(), 2 * sent.tokens(), sent.tokens(), i * SECOND);
            } else if (mostly < 8 && !pending.isEmpty()) {
                Sent sent = pending.remove(mostly < 7 ? 0 : random.nextInt(pending.size()));
                work.firstByte(sent.prompt(), i * SECOND);
            } else {
                Sent sent = active.remove(random.nextInt(active.size()));
                pending.remove(sent);
                work.ended(sent.prompt(), 2 * sent.tokens());
            }
            assertThat(work.pending()).isEqualTo(columns.pending()).isEqualTo(pending.size());
            assertThat(columns.ownPending[ROW]).isEqualTo(pending.size());
            assertThat(columns.pendingTokens[ROW]).isEqualTo(pending.stream().mapToLong(Sent::tokens).sum());
            assertThat(columns.activeTokens[ROW]).isEqualTo(active.stream().mapToLong(sent -> 2 * sent.tokens()).sum());
            assertThat(columns.remainingTokens(ROW, i * SECOND, 0)).isEqualTo((double) columns.pendingTokens[ROW]);
        }
    }

    @Test
    void shouldLearnTheRateFromBusyTimeOnly() {
        RoutingContext first = prompt(true);
        RoutingContext second = prompt(true);
        work.sent(first, 8_000, 8_000, 0);
        work.sent(second, 4_000, 4_000, SECOND / 2);
        work.firstByte(first, 2 * SECOND);
        work.firstByte(second, 3 * SECOND);
        RoutingContext later = prompt(true);
        work.sent(later, 4_000, 4_000, 100 * SECOND);
        work.firstByte(later, 101 * SECOND);
        // 16,000 tokens in 4 s, and what was assumed, which weighs as much as 2 s.
        assertThat(columns.tokensPerSecond(WorkColumns.NOTHING)).isEqualTo(3_000, within(30.0));
    }

    /** Without a stream the first byte says nothing of the prefill; a later prompt's does, for all before it. */
    @Test
    void shouldTakeWhatIsNoStreamAsDoneWhenALaterPromptIs() {
        RoutingContext whole = prompt(false);
        RoutingContext stream = prompt(true);
        work.sent(whole, 8_000, 8_000, 0);
        work.sent(stream, 8_000, 8_000, 0);
        assertThat(columns.remainingTokens(ROW, SECOND / 2, 8_000)).isEqualTo(12_000, within(1.0));
        work.firstByte(stream, 2 * SECOND);
        assertThat(work.pending()).isZero();
        // 16,000 tokens in 2 s, and what was assumed.
        assertThat(columns.tokensPerSecond(WorkColumns.NOTHING)).isEqualTo(4_500, within(30.0));
        work.firstByte(whole, 9 * SECOND);
        // 16,000 tokens in 2 s, and what was assumed.
        assertThat(columns.tokensPerSecond(WorkColumns.NOTHING)).isEqualTo(4_500, within(30.0));
    }

    @Test
    void shouldLetTimeFinishWhatIsNoStream() {
        work.sent(prompt(false), 8_000, 8_000, 0);
        work.sent(prompt(true), 4_000, 4_000, 0);
        assertThat(columns.remainingTokens(ROW, SECOND + SECOND / 4, 8_000)).isEqualTo(2_000, within(1.0));
        assertThat(work.pending()).isEqualTo(1);
        assertThat(columns.remainingTokens(ROW, 60 * SECOND, 8_000)).as("a stream says it itself").isZero();
        assertThat(work.pending()).isEqualTo(1);
    }

    /** As many as a pod may have got before nobody asked for a while. */
    @Test
    void shouldLetTimeFinishManyAtOnce() {
        for (int i = 0; i < 100_000; i++) {
            work.sentElsewhere(1, 0);
        }
        assertThat(columns.remainingTokens(ROW, 1_000 * SECOND, ASSUMED_RATE)).isZero();
        assertThat(columns.pending()).isZero();
    }

    private static RoutingContext prompt(boolean stream) {
        FakeRequest request = stream ? FakeRequest.plain().streaming() : FakeRequest.plain();
        return (RoutingContext) Proxy.newProxyInstance(PodWorkTest.class.getClassLoader(),
                new Class<?>[] {RoutingContext.class}, (proxy, method, arguments) -> switch (method.getName()) {
                    case "request" -> request;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "toString" -> "prompt";
                    default -> throw new AssertionError(method);
                });
    }
}
