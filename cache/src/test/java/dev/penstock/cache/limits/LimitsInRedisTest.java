package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.limits.LimitSettings.Mode;
import dev.penstock.cache.limits.LimitSettings.OnFailure;
import dev.penstock.cache.limits.LimitSettings.UnknownUser;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisServer;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Admission.Admitted;
import dev.penstock.core.port.Admission.Decision;
import dev.penstock.core.port.Admission.Rejected;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Quota;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits that several replicas share in a real Redis. */
@Timeout(90)
class LimitsInRedisTest {

    private static final long MANY = 10_000_000;
    private static final long FAR = Duration.ofHours(1).toNanos();

    private final RedisServer server = RedisServer.start();
    private final CountingMetrics metrics = new CountingMetrics();
    private final List<Redis> replicas = new ArrayList<>();

    @AfterEach
    void close() {
        server.goOn();
        replicas.forEach(Redis::close);
        server.close();
    }

    private Redis replica() {
        Redis redis = Redis.open(new RedisSettings(server.url(), "replica" + replicas.size(),
                FAR), NanoClock.SYSTEM, metrics);
        replicas.add(redis);
        await(redis::up);
        return redis;
    }

    private Admission limits(Redis redis, OnFailure onFailure) {
        return Limits.of(new LimitSettings(Mode.AUTO, UnknownUser.REJECT, 0, 0, FAR, FAR, onFailure, onFailure), redis,
                new RedisUsers(redis), new NoFleet(), NanoClock.SYSTEM, metrics);
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private <T> T ask(Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        try {
            return replicas.getFirst().call("test", command).toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void user(String name, long rpm, long tpm) {
        ask(commands -> commands.set("aibrix-users/" + name,
                "{\"name\": \"" + name + "\", \"rpm\": " + rpm + ", \"tpm\": " + tpm + "}"));
    }

    private static Admission.Request request(@Nullable String user, long tokens) {
        return Asked.of(user, tokens, NanoClock.SYSTEM.nanoTime() + FAR);
    }

    private static Decision decide(Admission limits, String user, long tokens) {
        return Asked.answer(limits, request(user, tokens));
    }

    private static @Nullable ErrorCode error(Decision decision) {
        return decision instanceof Rejected rejected ? rejected.error() : null;
    }

    @Test
    void shouldNeverAdmitMoreThanTheLimitOverThreeReplicas() throws InterruptedException {
        List<Admission> three = List.of(limits(replica(), OnFailure.CLOSED), limits(replica(), OnFailure.CLOSED),
                limits(replica(), OnFailure.CLOSED));
        user("ann", 10, 0);
        three.forEach(limits -> decide(limits, "ann", 0));
        AtomicInteger admitted = new AtomicInteger(3);
        CountDownLatch done = new CountDownLatch(64);
        long begun = NanoClock.SYSTEM.nanoTime();
        for (int i = 0; i < 64; i++) {
            Admission limits = three.get(i % 3);
            Thread.ofPlatform().start(() -> {
                admitted.addAndGet(decide(limits, "ann", 0) instanceof Admitted ? 1 : 0);
                done.countDown();
            });
        }
        done.await();

        // One flows back in each six seconds.
        long flown = 2 + TimeUnit.NANOSECONDS.toSeconds(NanoClock.SYSTEM.nanoTime() - begun) / 6;
        assertThat(admitted.get()).isBetween(10, (int) (10 + flown));
        assertThat(metrics.sum("penstock_limited limit user_requests")).isEqualTo(67 - admitted.get());
        assertThat(metrics.sum("penstock_limits_local limits users")).isZero();
    }

    @Test
    void shouldTakeRequestsAndTokensInOneStepOrNeither() {
        Admission one = limits(replica(), OnFailure.CLOSED);
        Admission other = limits(replica(), OnFailure.CLOSED);
        user("ann", 2, 1_000);

        Quota left = decide(one, "ann", 900).quota();
        assertThat(left).isNotNull();
        assertThat(left.tokens()).isEqualTo(1_000);
        Decision refused = decide(other, "ann", 900);
        assertThat(error(refused)).isEqualTo(ErrorCode.USER_TPM_EXCEEDED);
        assertThat(((Rejected) refused).retryAfterSeconds()).isBetween(1L, 48L);
        assertThat(decide(other, "ann", 1)).as("the refused one has taken no request").isInstanceOf(Admitted.class);
        assertThat(error(decide(one, "ann", 1))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);
        long lasts = ask(commands -> commands.pttl("penstock:{ann}:user-limits"));
        assertThat(lasts).isBetween(1L, 60_000L);
    }

    @Test
    void shouldGiveBackAndSettleWhereItWasTaken() {
        Admission one = limits(replica(), OnFailure.CLOSED);
        Admission other = limits(replica(), OnFailure.CLOSED);
        user("ann", 1, 1_000_000);

        ((Admitted) decide(one, "ann", 1_000_000)).grant().refund();
        Admitted again = (Admitted) awaitAdmitted(other, 1_000_000);
        again.grant().settle(new Usage(100_000, 300_000));
        await(() -> ask(commands -> commands.hget("penstock:{ann}:user-limits", "tokens")).startsWith("39"));
    }

    /** What is given back is on its way. */
    private Decision awaitAdmitted(Admission limits, long tokens) {
        Decision decision = decide(limits, "ann", tokens);
        while (decision instanceof Rejected) {
            decision = decide(limits, "ann", tokens);
        }
        return decision;
    }

    @Test
    void shouldServeEverybodyWhileRedisHangsAndRefundWhatItAnswersLate() throws InterruptedException {
        Redis redis = replica();
        Admission limits = limits(redis, OnFailure.LOCAL);
        // So many tokens that what is not given back is seen for long.
        user("ann", 0, 1_000_000_000);
        decide(limits, "ann", MANY);
        server.hang();
        BlockingQueue<Decision> late = new LinkedBlockingQueue<>();
        int waited = 0;
        for (int i = 0; i < 2_000; i++) {
            BlockingQueue<Decision> answers = new LinkedBlockingQueue<>();
            Admission.Request request = request("ann", MANY);
            AtomicInteger told = new AtomicInteger();
            limits.admit(request, decision -> (told.getAndIncrement() == 0 ? answers : late).add(decision));
            Decision decision = answers.poll();
            if (decision == null) {
                waited++;
                told.incrementAndGet();
                decision = limits.late(request);
            }
            assertThat(decision).isInstanceOf(Admitted.class);
            ((Admitted) decision).grant().refund();
        }

        assertThat(waited).as("nothing piles up").isBetween(RedisPatience.MOST_LATE, 200);
        assertThat(metrics.sum("penstock_limits_late limits users")).isEqualTo(waited);
        assertThat(metrics.sum("penstock_limits_local limits users")).isEqualTo(2_000);
        server.goOn();
        for (int i = 0; i < waited; i++) {
            Decision answer = late.poll(20, TimeUnit.SECONDS);
            assertThat(answer).isInstanceOf(Admitted.class);
            ((Admitted) answer).grant().refund();
        }
        assertThat(decide(limits, "ann", MANY)).isInstanceOf(Admitted.class);
        assertThat(tokens("penstock:{ann}:user-limits")).as("all that came late was given back")
                .isLessThanOrEqualTo(2 * MANY);
    }

    private double tokens(String key) {
        String kept = ask(commands -> commands.hget(key, "tokens"));
        return Double.parseDouble(kept.substring(0, kept.indexOf(' ')));
    }

    @Test
    void shouldCountHereWhileRedisIsAwayOrRefuseWhereThatIsSet() {
        Redis redis = replica();
        Admission open = limits(redis, OnFailure.LOCAL);
        Admission closed = limits(redis, OnFailure.CLOSED);
        user("ann", 2, 0);
        decide(open, "ann", 0);
        decide(closed, "ann", 0);
        server.kill();
        await(() -> !redis.up());

        assertThat(decide(open, "ann", 0)).isInstanceOf(Admitted.class);
        assertThat(decide(open, "ann", 0)).isInstanceOf(Admitted.class);
        assertThat(error(decide(open, "ann", 0))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);
        assertThat(error(decide(closed, "ann", 0))).isEqualTo(ErrorCode.LIMITS_UNAVAILABLE);
        assertThat(decide(open, "never seen", 0)).as("no stranger, as far as can be told").isInstanceOf(Admitted.class);
        assertThat(metrics.sum("penstock_redis_failures use limits kind away")).isPositive();

        server.restart();
        await(redis::up);
        await(() -> !metricsGrow(() -> decide(open, "ann", 0)));
    }

    private boolean metricsGrow(Runnable call) {
        long before = metrics.sum("penstock_limits_local limits users");
        call.run();
        return metrics.sum("penstock_limits_local limits users") > before;
    }

    @Test
    void shouldServeWhateverIsKeptUnderItsKeys() {
        Admission limits = limits(replica(), OnFailure.LOCAL);
        user("list", 5, 0);
        ask(commands -> commands.lpush("penstock:{list}:user-limits", "x"));
        user("odd", 5, 0);
        ask(commands -> commands.hset("penstock:{odd}:user-limits", "requests", "{\"a\": 1}"));
        user("huge", 5, 0);
        ask(commands -> commands.hset("penstock:{huge}:user-limits", "requests", "9".repeat(400) + " 0"));
        ask(commands -> commands.set("aibrix-users/text", "nonsense"));
        ask(commands -> commands.set("aibrix-users/array", "[1]"));
        ask(commands -> commands.set("aibrix-users/negative", "{\"name\":\"x\",\"rpm\":-1,\"tpm\":0}"));
        ask(commands -> commands.set("aibrix-users/large", "{\"rpm\":99999999999999999999}"));
        ask(commands -> commands.lpush("aibrix-users/pile", "x"));

        for (String user : List.of("list", "odd", "huge", "text", "array", "negative", "large", "pile")) {
            assertThat(decide(limits, user, 0)).as(user).isInstanceOf(Admitted.class);
        }
        assertThat(metrics.sum("penstock_redis_failures use limits kind wrongtype")).isEqualTo(1);
        assertThat(metrics.sum("penstock_redis_failures use limits kind content")).isEqualTo(1);
        assertThat(metrics.sum("penstock_redis_failures use users kind content")).isEqualTo(4);
        assertThat(metrics.sum("penstock_redis_failures use users kind wrongtype")).isEqualTo(1);
    }

    @Test
    void shouldShareHowOftenAModelIsAsked() {
        Admission one = limits(replica(), OnFailure.CLOSED);
        Admission other = limits(replica(), OnFailure.CLOSED);
        ModelRate slow = new ModelRate(1, 60);

        Admitted first = (Admitted) Asked.answer(one, Asked.of("m", slow));
        Decision refused = Asked.answer(other, Asked.of("m", slow));
        assertThat(error(refused)).isEqualTo(ErrorCode.MODEL_RPS_EXCEEDED);
        assertThat(((Rejected) refused).retryAfterSeconds()).isBetween(1L, 60L);
        first.grant().refund();
        await(() -> Asked.answer(other, Asked.of("m", slow)) instanceof Admitted);
        assertThat(Asked.answer(one, Asked.of("other", slow))).isInstanceOf(Admitted.class);
    }

    @Test
    void shouldShareHowManyOfAModelAreInFlight() {
        Admission one = limits(replica(), OnFailure.CLOSED);
        Admission other = limits(replica(), OnFailure.CLOSED);
        ModelRate two = new ModelRate(0, 1, 2);

        Admitted first = (Admitted) Asked.answer(one, Asked.of("m", two));
        Admitted second = (Admitted) Asked.answer(other, Asked.of("m", two));
        assertThat(Asked.answer(one, Asked.of("m", two))).isEqualTo(new Rejected(ErrorCode.MODEL_INFLIGHT_EXCEEDED,
                "model: m has exceeded inflight limit: 2", 1));
        first.grant().settle(Usage.UNKNOWN);
        await(() -> Asked.answer(other, Asked.of("m", two)) instanceof Admitted);
        second.grant().refund();
        await(() -> ask(commands -> commands.zcard("penstock:{m}:model-in-flight")) == 1);
    }

    @Test
    void shouldGiveBackTheModelsPartWhereTheUserIsRefused() {
        Admission limits = limits(replica(), OnFailure.CLOSED);
        user("ann", 1, 0);
        decide(limits, "ann", 0);
        Admission.Request both = new Admission.Request("id", Api.CHAT_COMPLETIONS, "m",
                new ModelRate(0, 1, 5), "ann", null, null, 0, Long.MAX_VALUE);

        assertThat(error(Asked.answer(limits, both))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);
        await(() -> ask(commands -> commands.zcard("penstock:{m}:model-in-flight")) == 0);
    }

    /** A fleet of no models. */
    static final class NoFleet implements SnapshotSource {
        @Override
        public Fleet current() {
            return Fleet.EMPTY;
        }

        @Override
        public void acknowledge(int shard, long version) {}

        @Override
        public void onPublish(Runnable listener) {}
    }
}
