package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.limits.Verdict.Exceeded;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.NanoClock;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Limits under AIBrix's keys, beside a gateway of its own, which here is a few commands that share nothing with what is
 * tested: get, compare, add one, expire.
 */
@Timeout(60)
class BesideAibrixTest {

    private static final UserLimits ANN = new UserLimits("ann", false, 5, 1_000);
    /** A minute that is bin 40 of 64, 13 seconds old. */
    private static final long SECOND = (64L * 440_000 + 40) * 60 + 13;

    private final RedisServer server = RedisServer.start();
    private final CountingMetrics metrics = new CountingMetrics();
    private final Redis redis = Redis.open(new RedisSettings(server.url(), "one", Duration.ofSeconds(2).toNanos()),
            NanoClock.SYSTEM, metrics);
    private final RedisClient client = RedisClient.create(server.url());
    private final RedisCommands<String, String> theirs = client.connect().sync();
    private volatile Instant now = Instant.ofEpochSecond(SECOND);
    private final InstantSource wall = () -> now;
    private final AibrixLimiter limiter = new AibrixLimiter(redis, wall);
    private final AibrixModels models = new AibrixModels(redis, wall);

    BesideAibrixTest() {
        await(redis::up);
    }

    @AfterEach
    void close() {
        client.shutdown();
        redis.close();
        server.close();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }

    private Verdict take() {
        return answer(limiter.take(ANN, 123));
    }

    /** One request at the other gateway. */
    private boolean theirGateway(String user, long rpm, long tpm, long tokens) {
        long bin = now.getEpochSecond() / 60 % 64;
        String requests = "aibrix:" + user + "_RPM_CURRENT:" + bin;
        String used = "aibrix:" + user + "_TPM_CURRENT:" + bin;
        if (number(theirs.get(requests)) >= rpm) {
            return false;
        }
        theirs.incrby(requests, 1);
        theirs.expire(requests, 60);
        if (number(theirs.get(used)) >= tpm) {
            return false;
        }
        theirs.incrby(used, tokens);
        theirs.expire(used, 60);
        return true;
    }

    private static long number(String kept) {
        return kept == null ? 0 : Long.parseLong(kept);
    }

    @Test
    void shouldCountUnderItsKeysInItsWindows() {
        Verdict verdict = take();

        assertThat(verdict.exceeded()).isEqualTo(Exceeded.NOTHING);
        assertThat(verdict.quota().requestsLeft()).isEqualTo(4);
        assertThat(verdict.quota().requestsResetNanos()).isEqualTo(Duration.ofSeconds(47).toNanos());
        assertThat(theirs.get("aibrix:ann_RPM_CURRENT:40")).isEqualTo("1");
        assertThat(theirs.ttl("aibrix:ann_RPM_CURRENT:40")).isBetween(50L, 60L);
        assertThat(theirs.exists("aibrix:ann_TPM_CURRENT:40")).as("tokens are counted when they are known").isZero();

        limiter.settle(ANN, verdict, 77);
        await(() -> "77".equals(theirs.get("aibrix:ann_TPM_CURRENT:40")));
        await(() -> theirs.ttl("aibrix:ann_TPM_CURRENT:40") > 0);
    }

    @Test
    void shouldKeepOneLimitTogetherWithIt() {
        for (int i = 0; i < 2; i++) {
            assertThat(theirGateway("ann", 5, 1_000, 10)).isTrue();
            assertThat(take().taken()).isTrue();
        }
        assertThat(theirGateway("ann", 5, 1_000, 10)).isTrue();

        Verdict refused = take();
        assertThat(refused.exceeded()).isEqualTo(Exceeded.REQUESTS);
        assertThat(refused.retryNanos()).isEqualTo(Duration.ofSeconds(47).toNanos());
        assertThat(theirGateway("ann", 5, 1_000, 10)).isFalse();
        assertThat(theirs.get("aibrix:ann_RPM_CURRENT:40")).as("what is refused is not counted").isEqualTo("5");
    }

    @Test
    void shouldRefuseForTokensWhenTheRequestHasBeenCountedAsItDoes() {
        assertThat(theirGateway("ann", 5, 1_000, 1_000)).isTrue();

        assertThat(take().exceeded()).isEqualTo(Exceeded.TOKENS);
        assertThat(theirs.get("aibrix:ann_RPM_CURRENT:40")).isEqualTo("2");
    }

    @Test
    void shouldBeginAnewInTheNextMinuteAndGiveNothingBackToTheLast() {
        Verdict old = take();
        Verdict back = take();
        limiter.giveBack(ANN, back);
        await(() -> "1".equals(theirs.get("aibrix:ann_RPM_CURRENT:40")));

        now = Instant.ofEpochSecond(SECOND + 47);
        assertThat(take().quota().requestsLeft()).isEqualTo(4);
        limiter.giveBack(ANN, old);
        assertThat(take().quota().requestsLeft()).isEqualTo(3);
        assertThat(theirs.get("aibrix:ann_RPM_CURRENT:40")).isEqualTo("1");
        assertThat(theirs.get("aibrix:ann_RPM_CURRENT:41")).isEqualTo("2");
    }

    @Test
    void shouldAddUpExactlyFromManyThreads() throws InterruptedException {
        UserLimits many = new UserLimits("bob", false, 40, 1_000);
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(64);
        for (int i = 0; i < 64; i++) {
            Thread.ofPlatform().start(() -> {
                Verdict verdict = answer(limiter.take(many, 0));
                limiter.settle(many, verdict, 1);
                taken.addAndGet(verdict.taken() ? 1 : 0);
                done.countDown();
            });
        }
        done.await();
        assertThat(taken).hasValue(40);
        await(() -> "64".equals(theirs.get("aibrix:bob_TPM_CURRENT:40")));
        assertThat(theirs.get("aibrix:bob_RPM_CURRENT:40")).isEqualTo("40");
    }

    @Test
    void shouldFailWithoutHavingCountedWhereTokensAreNoNumber() {
        theirs.set("aibrix:ann_TPM_CURRENT:40", "many");
        CompletionStage<Verdict> asked = limiter.take(ANN, 0);
        assertThat(asked.toCompletableFuture().handle((verdict, error) -> error).orTimeout(20, TimeUnit.SECONDS)
                .join()).isInstanceOf(CompletionException.class);
        await(() -> "0".equals(theirs.get("aibrix:ann_RPM_CURRENT:40")));
        assertThat(metrics.sum("penstock_redis_failures use limits kind content")).isEqualTo(1);
    }

    @Test
    void shouldCountModelsAsItDoesRefusedOnesToo() {
        ModelRate two = new ModelRate(2, 1);
        String key = "aibrix_model:org/m_MODEL_RPS_CURRENT:" + SECOND % 64;
        theirs.incrby(key, 1);
        ModelTake taken = answer(models.take("org/m", two));
        assertThat(taken.exceeded()).isEqualTo(ModelTake.Exceeded.NOTHING);
        assertThat(answer(models.take("org/m", two)).exceeded()).isEqualTo(ModelTake.Exceeded.REQUESTS);
        assertThat(theirs.get(key)).isEqualTo("3");
        assertThat(theirs.ttl(key)).isBetween(0L, 1L);

        models.giveBack("org/m", two, taken);
        await(() -> "2".equals(theirs.get(key)) || theirs.exists(key) == 0);
        now = now.plusSeconds(1);
        models.giveBack("org/m", two, taken);
        assertThat(answer(models.take("org/m", two)).exceeded()).as("nothing of another second is given back")
                .isEqualTo(ModelTake.Exceeded.NOTHING);
        String next = "aibrix_model:org/m_MODEL_RPS_CURRENT:" + (SECOND + 1) % 64;
        assertThat(theirs.get(next)).isIn("1", null);
    }

    @Test
    void shouldLeaveNothingInFlightWhereTheModelWasAskedTooOften() {
        ModelRate one = new ModelRate(1, 60, 10);
        answer(models.take("m", one));
        assertThat(answer(models.take("m", one)).exceeded()).isEqualTo(ModelTake.Exceeded.REQUESTS);
        await(() -> theirs.zcard("penstock:{m}:model-in-flight") == 1);
    }
}
