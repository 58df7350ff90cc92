package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Admission;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way to a router and back. */
@Timeout(30)
class RoutingTest {
    private final FakeEngine engine = new FakeEngine();
    private volatile Admission limits = Admission.UNLIMITED;
    private final TestProxy proxy = new TestProxy((request, answer) -> limits.admit(request, answer),
            engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        proxy.routers.release.countDown();
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private RawConnection.Message answered() {
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{}"));
        return client.readMessage();
    }

    @Test
    void shouldTakeTheStrategyOfTheModelBeforeTheSetting() {
        proxy.fleet.publish(null, "least", "127.0.0.1", engine.port);
        client.send(Http.chat());
        assertThat(answered().header("routing-strategy")).isEqualTo("least");
    }

    @Test
    void shouldTakeTheStrategyOfTheHeaderBeforeTheModels() {
        proxy.fleet.publish(null, "least", "127.0.0.1", engine.port);
        client.send(Http.chat("Routing-Strategy: marking"));
        RawConnection.Message answer = answered();
        assertThat(answer.header("routing-strategy")).isEqualTo("marking");
        assertThat(answer.header("x-session-id")).isEqualTo("marked");
    }

    @Test
    void shouldTakeALockedStrategyBeforeTheHeader() {
        proxy.fleet.publish("least", "first", "127.0.0.1", engine.port);
        client.send(Http.chat("routing-strategy: marking"));
        assertThat(answered().header("routing-strategy")).isEqualTo("least");
    }

    @Test
    void shouldShowThePromptToRoutersThatReadIt() throws InterruptedException {
        client.send(Http.chat("routing-strategy: reader"));
        answered();
        assertThat(proxy.routers.prompts.take()).isEqualTo("hi");
    }

    @Test
    void shouldShowTheHashesOfAConversationToRoutersThatNeedThem() throws InterruptedException {
        String first = "{\"role\":\"user\",\"content\":\"how are you today?\"}";
        long[] before = hashes(first);
        answered();
        long[] after = hashes(first + ",{\"role\":\"assistant\",\"content\":\"well, thank you\"}");
        assertThat(before).isNotEmpty();
        assertThat(after).hasSizeGreaterThan(before.length).startsWith(before);
    }

    private long[] hashes(String messages) throws InterruptedException {
        client.send(Http.post("/v1/chat/completions", "{\"model\":\"m\",\"messages\":[" + messages + "]}",
                "routing-strategy: hasher"));
        return proxy.routers.hashes.take();
    }

    @Test
    void shouldGoOnWhenAnotherThreadAnswers() {
        client.send(Http.chat("routing-strategy: elsewhere"));
        assertThat(answered().status()).isEqualTo(200);
    }

    @Test
    void shouldGoOnWhenARouterAnswersLater() throws InterruptedException {
        client.send(Http.chat("routing-strategy: silent"));
        RoutingContext context = proxy.routers.silent.take();
        assertThat(context.select(context.candidates().get(0))).isTrue();
        assertThat(answered().status()).isEqualTo(200);
    }

    @Test
    void shouldLetTheFallbackChooseAfterTheDeadline() {
        proxy.settings.routingMillis = 60;
        client.send(Http.chat("routing-strategy: silent"));
        assertThat(answered().status()).isEqualTo(200);
    }

    @Test
    void shouldAskAgainWhenAShardHasANewServer() {
        client.send(Http.chat("routing-strategy: stuck"));
        // The watchdog gives the shard to another server, where the fallback stands in for the stuck router.
        assertThat(answered().status()).isEqualTo(200);
    }

    @Test
    void shouldTellTheErrorOfARouter() {
        client.send(Http.chat("routing-strategy: failing"));
        RawConnection.Message answer = client.readMessage();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("1");
    }

    @Test
    void shouldTellRoutersTheUsage() throws InterruptedException {
        client.send(Http.chat());
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok(Http.ANSWER));
        client.readMessage();
        assertThat(proxy.routers.ends.take()).isEqualTo(new Usage(3, 5));
    }

    @Test
    void shouldRejectWhatIsNotAdmitted() {
        limits = (request, answer) -> answer.accept(
                new Admission.Rejected(ErrorCode.SHED, "user: u has exceeded RPM: 1", 30));
        RawConnection.Message answer = client.send(Http.chat("user: u")).readMessage();
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("30");
        assertThat(answer.body()).contains("user: u has exceeded RPM: 1");
    }

    @Test
    void shouldAdmitWhenTheAnswerIsLateAndGiveItBack() throws InterruptedException {
        BlockingQueue<Consumer<Admission.Decision>> late = new LinkedBlockingQueue<>();
        Ledger ledger = new Ledger();
        limits = (request, answer) -> late.add(answer);
        client.send(Http.chat());
        assertThat(answered().status()).isEqualTo(200);
        late.take().accept(new Admission.Admitted(null, ledger));
        TestProxy.await("refunded", () -> ledger.refunded == 1);
    }

    @Test
    void shouldSettleWhatWasGrantedAndRefundWhatWasNotRouted() {
        Ledger ledger = new Ledger();
        limits = (request, answer) -> Thread.ofPlatform().start(
                () -> answer.accept(new Admission.Admitted("owner", ledger)));
        client.send(Http.chat());
        answered();
        TestProxy.await("settled", () -> ledger.settled == 1 || ledger.refunded == 1);
        client.send(Http.chat("routing-strategy: failing"));
        client.readMessage();
        TestProxy.await("refunded", () -> ledger.settled + ledger.refunded == 2);
    }

    private static final class Ledger implements Admission.Grant {
        volatile int refunded;
        volatile int settled;

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
        public void refund() {
            refunded++;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time
        public void settle(Usage usage) {
            settled++;
        }
    }
}
