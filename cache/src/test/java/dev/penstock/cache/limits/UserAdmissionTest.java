package dev.penstock.cache.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.limits.LimitSettings.Mode;
import dev.penstock.cache.limits.LimitSettings.OnFailure;
import dev.penstock.cache.limits.LimitSettings.UnknownUser;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Admission.Admitted;
import dev.penstock.core.port.Admission.Decision;
import dev.penstock.core.port.Admission.Rejected;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Quota;
import dev.penstock.core.port.Users.User;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.HandClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of users, with a clock that is put forward by hand and a Redis that answers when the test says so. */
@Timeout(30)
class UserAdmissionTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final HandClock clock = new HandClock();
    private final Map<String, User> users = new HashMap<>();
    private final List<String> read = new ArrayList<>();
    private UserSource source = name -> {
        read.add(name);
        return CompletableFuture.completedFuture(users.get(name));
    };

    private static LimitSettings settings(UnknownUser unknown, OnFailure onFailure) {
        return new LimitSettings(Mode.AUTO, unknown, 5, 0, SECOND, 10 * SECOND, onFailure, onFailure);
    }

    private Admission limits(UnknownUser unknown, @Nullable SharedLimiter shared, OnFailure onFailure, boolean aibrix) {
        return new UserAdmission(settings(unknown, onFailure), new UserDirectory(settings(unknown, onFailure), aibrix,
                name -> source.find(name), clock::nanoTime), shared, clock::nanoTime, Metrics.NONE);
    }

    private Admission local() {
        return limits(UnknownUser.ALLOW, null, OnFailure.LOCAL, false);
    }

    private void user(String name, long rpm, long tpm) {
        users.put(name, new User(name, rpm, tpm));
    }

    private Decision ask(Admission limits, @Nullable String user, long tokens) {
        return Asked.answer(limits, Asked.of(user, tokens, clock.nanoTime() + SECOND));
    }

    private static ErrorCode error(Decision decision) {
        assertThat(decision).isInstanceOf(Rejected.class);
        return ((Rejected) decision).error();
    }

    @Test
    void shouldAdmitAsManyRequestsAsThereMayBeAndTellWhatIsLeft() {
        user("ann", 2, 0);
        Admission limits = local();

        assertThat(ask(limits, "ann", 0).quota()).isEqualTo(new Quota(2, 1, MINUTE / 2, 0, 0, 0));
        assertThat(ask(limits, "ann", 0).quota()).isEqualTo(new Quota(2, 0, MINUTE, 0, 0, 0));
        assertThat(ask(limits, "ann", 0)).isEqualTo(new Rejected(ErrorCode.USER_RPM_EXCEEDED,
                "user: ann has exceeded RPM: 2", 30, new Quota(2, 0, MINUTE, 0, 0, 0)));

        clock.advance(Duration.ofSeconds(30));
        assertThat(ask(limits, "ann", 0)).isInstanceOf(Admitted.class);
        assertThat(error(ask(limits, "ann", 0))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);
    }

    @Test
    void shouldReserveTokensAndSettleThemFromWhatWasUsed() {
        user("ann", 0, 100);
        Admission limits = local();

        Admitted first = (Admitted) ask(limits, "ann", 80);
        assertThat(ask(limits, "ann", 30)).isEqualTo(new Rejected(ErrorCode.USER_TPM_EXCEEDED,
                "user: ann has exceeded TPM: 100", 6, new Quota(0, 0, 0, 100, 20, MINUTE * 8 / 10)));
        first.grant().settle(new Usage(5, 5));
        Admitted second = (Admitted) ask(limits, "ann", 30);
        assertThat(second.quota()).extracting(Quota::tokensLeft).isEqualTo(60L);
        second.grant().settle(new Usage(100, 30));
        assertThat(ask(limits, "ann", 0).quota()).as("owes what it used beyond").extracting(Quota::tokensLeft)
                .isEqualTo(0L);
    }

    @Test
    void shouldKeepTheEstimateWhereNoUsageIsKnownAndGiveBackWhatWasNotRouted() {
        user("ann", 2, 100);
        Admission limits = local();

        ((Admitted) ask(limits, "ann", 60)).grant().settle(Usage.UNKNOWN);
        assertThat(error(ask(limits, "ann", 60))).isEqualTo(ErrorCode.USER_TPM_EXCEEDED);
        ((Admitted) ask(limits, "ann", 40)).grant().refund();
        Admitted last = (Admitted) ask(limits, "ann", 40);
        assertThat(last.quota()).isEqualTo(new Quota(2, 0, MINUTE, 100, 0, MINUTE));
    }

    @Test
    void shouldLetARequestThatWantsMoreThanAMinutesTokensTakeAFullBucket() {
        user("ann", 0, 100);
        Admission limits = local();

        Admitted large = (Admitted) ask(limits, "ann", 1_000);
        assertThat(error(ask(limits, "ann", 1))).isEqualTo(ErrorCode.USER_TPM_EXCEEDED);
        large.grant().settle(new Usage(10, 10));
        assertThat(ask(limits, "ann", 80)).isInstanceOf(Admitted.class);
    }

    @Test
    void shouldNotCountWhoeverNamesNoUserOrHasNoLimits() {
        user("free", 0, 0);
        Admission limits = local();

        assertThat(limits.wants(null, null, null)).isFalse();
        assertThat(limits.wants(null, "", null)).isFalse();
        assertThat(limits.wants(null, "ann", null)).isTrue();
        assertThat(ask(limits, null, 0)).isSameAs(Admitted.FREELY);
        assertThat(ask(limits, "free", 0)).isSameAs(Admitted.FREELY);
    }

    @Test
    void shouldCountAKeyWithLimitsOfItsOwnForItself() {
        user("ann", 1, 0);
        Admission limits = local();
        ApiKey own = new ApiKey("k1", "ann", Set.of(), 2, 0);
        ApiKey plain = new ApiKey("k2", "ann", Set.of(), 0, 0);

        assertThat(limits.wants(null, null, own)).isTrue();
        assertThat(Asked.answer(limits, Asked.of(own))).isInstanceOf(Admitted.class);
        assertThat(Asked.answer(limits, Asked.of(own))).isInstanceOf(Admitted.class);
        assertThat(((Rejected) Asked.answer(limits, Asked.of(own))).message()).isEqualTo("key: k1 has exceeded RPM: 2");
        assertThat(Asked.answer(limits, Asked.of(plain))).as("the user's one").isInstanceOf(Admitted.class);
        assertThat(error(Asked.answer(limits, Asked.of(plain)))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);
    }

    @Test
    void shouldNotBeAskedAboutUsersWhereNobodyCanHaveLimits() {
        LimitSettings allow = settings(UnknownUser.ALLOW, OnFailure.LOCAL);
        Admission nobody = new UserAdmission(allow, new UserDirectory(allow, false, UserSource.NOBODY,
                clock::nanoTime), null, clock::nanoTime, Metrics.NONE);
        assertThat(nobody.wants(null, "ann", null)).isFalse();
        assertThat(nobody.wants(null, "ann", new ApiKey("k", null, Set.of(), 1, 0))).isTrue();
        LimitSettings some = settings(UnknownUser.DEFAULT, OnFailure.LOCAL);
        assertThat(new UserAdmission(some, new UserDirectory(some, false, UserSource.NOBODY, clock::nanoTime), null,
                clock::nanoTime, Metrics.NONE).wants(null, "ann", null)).isTrue();
    }

    @Test
    void shouldKnowAUserByTheBeginningOfAVeryLongName() {
        Admission limits = limits(UnknownUser.DEFAULT, null, OnFailure.LOCAL, false);
        ask(limits, "x".repeat(60_000), 0);
        ask(limits, "x".repeat(256) + "y", 0);
        assertThat(read).containsExactly("x".repeat(256));
    }

    @ParameterizedTest
    @CsvSource({"ALLOW, 7, 0", "DEFAULT, 5, 2", "REJECT, 0, 7"})
    void shouldDoWithStrangersWhatIsSet(UnknownUser unknown, int admitted, int rejected) {
        Admission limits = limits(unknown, null, OnFailure.LOCAL, false);
        int in = 0;
        int out = 0;
        for (int i = 0; i < 7; i++) {
            Decision decision = ask(limits, "stranger", 0);
            in += decision instanceof Admitted ? 1 : 0;
            out += decision instanceof Rejected ? 1 : 0;
        }
        assertThat(in).isEqualTo(admitted);
        assertThat(out).isEqualTo(rejected);
        assertThat(read).as("remembered").containsExactly("stranger");
        if (unknown == UnknownUser.REJECT) {
            assertThat(ask(limits, "stranger", 0)).isEqualTo(new Rejected(ErrorCode.UNKNOWN_USER,
                    "user: stranger is not known", -1));
        }
    }

    @Test
    void shouldTakeMissingNumbersAsAibrixDoesThereOnly() {
        user("ann", 0, 0);
        user("bob", 3, 0);
        Admission aibrix = limits(UnknownUser.ALLOW, null, OnFailure.LOCAL, true);

        assertThat(ask(aibrix, "ann", 0).quota()).extracting(Quota::requests, Quota::tokens)
                .containsExactly(100L, 100_000L);
        assertThat(ask(aibrix, "bob", 0).quota()).extracting(Quota::requests, Quota::tokens)
                .containsExactly(3L, 3_000L);
        assertThat(ask(local(), "bob", 0).quota()).extracting(Quota::requests, Quota::tokens).containsExactly(3L, 0L);
    }

    @Test
    void shouldReadAUserAgainBehindTheScenesAndKeepWhatWasGood() {
        user("ann", 1, 0);
        Admission limits = local();
        ask(limits, "ann", 0);
        assertThat(error(ask(limits, "ann", 0))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);
        assertThat(read).hasSize(1);

        user("ann", 60, 0);
        clock.advance(Duration.ofSeconds(10));
        ask(limits, "ann", 0);
        assertThat(read).hasSize(2);
        assertThat(ask(limits, "ann", 0).quota()).extracting(Quota::requests).isEqualTo(60L);

        source = name -> CompletableFuture.failedFuture(new IllegalStateException("away"));
        clock.advance(Duration.ofSeconds(10));
        ask(limits, "ann", 0);
        assertThat(ask(limits, "ann", 0).quota()).extracting(Quota::requests).isEqualTo(60L);
    }

    // ---- while Redis does not answer

    private static final class SlowRedis implements SharedLimiter {
        private final List<CompletableFuture<Verdict>> asked = new ArrayList<>();
        private final List<String> changes = new ArrayList<>();

        @Override
        public CompletionStage<Verdict> take(UserLimits who, long tokens) {
            CompletableFuture<Verdict> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        }

        @Override
        public void giveBack(UserLimits who, Verdict taken) {
            changes.add("back");
        }

        @Override
        public void settle(UserLimits who, Verdict taken, long used) {
            changes.add("used " + used);
        }
    }

    private static Verdict room() {
        return new Verdict(Verdict.Exceeded.NOTHING, new Quota(2, 1, 0, 0, 0, 0), 0, 0, 0);
    }

    @Test
    void shouldDecideHereWhereTheAnswerIsLate() {
        user("ann", 2, 0);
        SlowRedis redis = new SlowRedis();
        Admission limits = limits(UnknownUser.ALLOW, redis, OnFailure.LOCAL, false);
        Admission.Request request = Asked.of("ann", 0, clock.nanoTime() + SECOND);
        List<Decision> answers = new ArrayList<>();
        limits.admit(request, answers::add);

        assertThat(limits.late(request)).isInstanceOf(Admitted.class);
        assertThat(limits.late(request)).isInstanceOf(Admitted.class);
        assertThat(error(limits.late(request))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);

        assertThat(answers).isEmpty();
        redis.asked.getFirst().complete(room());
        ((Admitted) answers.getFirst()).grant().refund();
        assertThat(redis.changes).containsExactly("back");
    }

    @Test
    void shouldRefuseWhereTheAnswerIsLateAndTheLimitFailsClosed() {
        user("ann", 2, 0);
        Admission limits = limits(UnknownUser.ALLOW, new SlowRedis(), OnFailure.CLOSED, false);
        Admission.Request request = Asked.of("ann", 0, clock.nanoTime() + SECOND);
        limits.admit(request, decision -> { });

        assertThat(limits.late(request)).isEqualTo(new Rejected(ErrorCode.LIMITS_UNAVAILABLE,
                "limits cannot be checked now; retry shortly", 1));
    }

    @Test
    void shouldStopAskingARedisThatHangsAndGoOnWhenItAnswers() {
        user("ann", 1_000_000, 0);
        SlowRedis redis = new SlowRedis();
        Admission limits = limits(UnknownUser.ALLOW, redis, OnFailure.LOCAL, false);
        int waited = 0;
        for (int i = 0; i < 2_000; i++) {
            Admission.Request request = Asked.of("ann", 0, clock.nanoTime() + SECOND);
            List<Decision> answers = new ArrayList<>();
            limits.admit(request, answers::add);
            if (answers.isEmpty()) {
                waited++;
                answers.add(limits.late(request));
            }
            assertThat(answers).hasSize(1).first().isInstanceOf(Admitted.class);
        }
        assertThat(waited).isEqualTo(RedisPatience.MOST_LATE);

        clock.advance(Duration.ofMillis(100));
        List<Decision> answers = new ArrayList<>();
        limits.admit(Asked.of("ann", 0, clock.nanoTime() + SECOND), answers::add);
        assertThat(redis.asked).hasSize(waited + 1);
        redis.asked.getLast().complete(room());
        limits.admit(Asked.of("ann", 0, clock.nanoTime() + SECOND), answers::add);
        assertThat(redis.asked).as("asked again").hasSize(waited + 2);
    }

    @Test
    void shouldDecideHereAtOnceWhereRedisFails() {
        user("ann", 1, 0);
        SlowRedis redis = new SlowRedis();
        Admission limits = limits(UnknownUser.ALLOW, redis, OnFailure.LOCAL, false);
        List<Decision> answers = new ArrayList<>();
        limits.admit(Asked.of("ann", 0, clock.nanoTime() + SECOND), answers::add);
        redis.asked.getFirst().completeExceptionally(new IllegalStateException("away"));

        assertThat(answers).hasSize(1).first().isInstanceOf(Admitted.class);
        assertThat(error(limits.late(Asked.of("ann", 0, 0)))).isEqualTo(ErrorCode.USER_RPM_EXCEEDED);
    }

    @ParameterizedTest
    @CsvSource({"ALLOW, LOCAL, true", "DEFAULT, LOCAL, true", "REJECT, LOCAL, true", "ALLOW, CLOSED, false"})
    void shouldNotRefuseAsAStrangerWhoeverCannotBeLookedUp(UnknownUser unknown, OnFailure onFailure, boolean served) {
        source = name -> CompletableFuture.failedFuture(new IllegalStateException("away"));
        Admission limits = limits(unknown, new SlowRedis(), onFailure, false);

        Decision decision = ask(limits, "ann", 0);

        assertThat(decision instanceof Admitted).isEqualTo(served);
        assertThat(served || error(decision) == ErrorCode.LIMITS_UNAVAILABLE).isTrue();
    }
}
