package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.limits.LimitSettings;
import dev.penstock.cache.limits.LimitSettings.Mode;
import dev.penstock.cache.limits.LimitSettings.OnFailure;
import dev.penstock.cache.limits.LimitSettings.UnknownUser;
import dev.penstock.cache.limits.Limits;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Quota;
import dev.penstock.core.port.Users.User;
import dev.penstock.spi.ErrorCode;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users with limits see of them. */
@Timeout(30)
class UserQuotaTest {
    private static final Map<String, User> USERS = Map.of("two", new User("two", 2, 0),
            "tokens", new User("tokens", 0, 1_000), "free", new User("free", 0, 0));

    private final FakeEngine engine = new FakeEngine();
    private volatile @Nullable Admission limits;
    private final TestProxy proxy = new TestProxy(new Admission() {
        @Override
        public void admit(Request request, Consumer<Decision> answer) {
            limits().admit(request, answer);
        }

        @Override
        public Decision late(Request request) {
            return limits().late(request);
        }
    }, engine.port);
    private final RawConnection client = proxy.connect();

    UserQuotaTest() {
        proxy.clock.stop();
        limits = Limits.of(new LimitSettings(Mode.LOCAL, UnknownUser.REJECT, 0, 0, 1, TimeUnit.HOURS.toNanos(1),
                OnFailure.LOCAL, OnFailure.LOCAL), null, name -> CompletableFuture.completedFuture(USERS.get(name)),
                proxy.fleet, proxy.clock, Metrics.NONE);
    }

    private Admission limits() {
        Admission now = limits;
        assertThat(now).isNotNull();
        return now;
    }

    @AfterEach
    void close() {
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private RawConnection.Message answered(String request, String answer) {
        client.send(request);
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(answer);
        RawConnection.Message message = client.readMessage();
        pod.close();
        return message;
    }

    @Test
    void shouldTellWhatIsLeftAndWhenToComeAgain() {
        RawConnection.Message first = answered(Http.chat("user: two"), Http.ok("{}",
                "x-ratelimit-limit-requests: the pod's", "connection: close"));
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.header("x-ratelimit-limit-requests")).isEqualTo("2");
        assertThat(first.header("x-ratelimit-remaining-requests")).isEqualTo("1");
        assertThat(first.header("x-ratelimit-reset-requests")).isEqualTo("30s");
        assertThat(first.header("x-ratelimit-limit-tokens")).isNull();
        assertThat(answered(Http.chat("user: two"), Http.ok("{}", "connection: close"))
                .header("x-ratelimit-remaining-requests")).isEqualTo("0");

        RawConnection.Message refused = client.send(Http.chat("user: two")).readMessage();
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("retry-after")).isEqualTo("30");
        assertThat(refused.header("x-error-rpm-exceeded")).isEqualTo("true");
        assertThat(refused.header("x-ratelimit-remaining-requests")).isEqualTo("0");
        assertThat(refused.header("x-ratelimit-reset-requests")).isEqualTo("1m0s");
        assertThat(refused.header("content-type")).isEqualTo("application/json");
        assertThat(refused.body()).contains("\"message\":\"user: two has exceeded RPM: 2\"",
                "\"type\":\"rate_limit_error\"", "\"code\":\"rate_limit_exceeded\"", "\"param\":null");

        proxy.clock.addSeconds(30);
        assertThat(answered(Http.chat("user: two"), Http.ok("{}", "connection: close")).status()).isEqualTo(200);
    }

    @Test
    void shouldCountTheTokensThatTheEngineTells() {
        String wanted = Http.CHAT.replace("}]}", "}],\"max_tokens\":700}");
        RawConnection.Message first = answered(Http.post("/v1/chat/completions", wanted, "user: tokens"),
                Http.ok(Http.ANSWER, "connection: close"));
        assertThat(first.header("x-ratelimit-limit-tokens")).isEqualTo("1000");
        assertThat(first.header("x-ratelimit-remaining-tokens")).isEqualTo("300");
        assertThat(first.header("x-ratelimit-reset-tokens")).isEqualTo("42s");
        proxy.awaitIdle();

        RawConnection.Message second = answered(Http.post("/v1/chat/completions", wanted, "user: tokens"),
                Http.ok("{}", "connection: close"));
        assertThat(second.header("x-ratelimit-remaining-tokens")).as("eight were used").isEqualTo("292");
        proxy.awaitIdle();

        RawConnection.Message refused = client.send(Http.post("/v1/chat/completions", wanted, "user: tokens"))
                .readMessage();
        assertThat(refused.status()).as("nothing was told of usage: the estimate stays").isEqualTo(429);
        assertThat(refused.header("x-error-tpm-exceeded")).isEqualTo("true");
        assertThat(refused.body()).contains("user: tokens has exceeded TPM: 1000");
    }

    @Test
    void shouldGiveBackWhatWasNotRouted() {
        for (int i = 0; i < 3; i++) {
            RawConnection.Message failed = client.send(Http.chat("user: two", "routing-strategy: failing"))
                    .readMessage();
            assertThat(failed.header("x-error-routing")).isEqualTo("true");
            assertThat(failed.header("x-ratelimit-remaining-requests")).isEqualTo("1");
            proxy.awaitIdle();
        }
    }

    @Test
    void shouldTellNothingWhereNothingIsLimited() {
        assertThat(answered(Http.chat("user: free"), Http.ok("{}", "connection: close"))
                .header("x-ratelimit-limit-requests")).isNull();
        assertThat(answered(Http.chat(), Http.ok("{}", "connection: close"))
                .header("x-ratelimit-limit-requests")).isNull();
    }

    @Test
    void shouldRefuseStrangersWhereThatIsSet() {
        RawConnection.Message refused = client.send(Http.chat("user: stranger")).readMessage();
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.header("x-error-user")).isEqualTo("true");
        assertThat(refused.body()).contains("user: stranger is not known", "\"code\":\"unknown_user\"");
    }

    @Test
    void shouldTakeTheWordOfWhoWasAskedWhereTheAnswerIsLate() throws InterruptedException {
        BlockingQueue<Consumer<Admission.Decision>> waiting = new LinkedBlockingQueue<>();
        limits = new Admission() {
            @Override
            public void admit(Request request, Consumer<Decision> answer) {
                waiting.add(answer);
            }

            @Override
            public Decision late(Request request) {
                return new Rejected(ErrorCode.LIMITS_UNAVAILABLE, "cannot tell", 1,
                        new Quota(7, 0, 1, 0, 0, 0));
            }
        };
        RawConnection.Message refused = client.send(Http.chat("user: two")).readMessage();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.header("retry-after")).isEqualTo("1");
        assertThat(refused.header("x-error-limits")).isEqualTo("true");
        assertThat(refused.header("x-ratelimit-limit-requests")).isEqualTo("7");
        assertThat(waiting.take()).isNotNull();
    }
}
