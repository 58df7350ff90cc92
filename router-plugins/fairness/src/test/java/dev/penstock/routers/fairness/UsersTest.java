package dev.penstock.routers.fairness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UsersTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    /** Of 5 minutes and the bounds that are the defaults, but for the most users. */
    static ModelUsers users(Map<String, Long> changed) {
        return new ModelUsers(new VtcSettings(100, new VtcSettings.TokenWeights(1, 2), 1, 1,
                new VtcSettings.Window(MINUTE, 5),
                new VtcSettings.Bounds(1_000, 8_000, changed.getOrDefault("max-users", 10_000L))), 0);
    }

    @Test
    void shouldForgetTokensThatLeaveTheWindow() {
        ModelUsers users = users(Map.of());
        use(users, "ann", 10, 0);
        use(users, "ann", 5, 2 * MINUTE);
        assertThat(users.tokens("ann", 5 * MINUTE - 1)).isEqualTo(15);
        assertThat(users.tokens("ann", 5 * MINUTE)).isEqualTo(5);
        assertThat(users.tokens("ann", 7 * MINUTE)).isZero();
        assertThat(users.bucket()).as("nobody has any").isEqualTo(4_500);
    }

    @Test
    void shouldNotForgetARequestThatOutlivesTheWindow() {
        ModelUsers users = users(Map.of());
        UserTokens ann = users.reserve("ann", 3_000, 0);
        assertThat(users.tokens("ann", 60 * MINUTE)).isEqualTo(3_000);
        users.settle(ann, 3_000, 7_000, 60 * MINUTE);
        assertThat(users.tokens("ann", 64 * MINUTE)).isEqualTo(7_000);
        assertThat(users.tokens("ann", 65 * MINUTE)).isZero();
    }

    @Test
    void shouldForgetTheUserWhoWasIdleForLongest() {
        ModelUsers users = users(Map.of("max-users", 2L));
        UserTokens ann = users.reserve("ann", 100, 0);
        use(users, "bob", 200, 0);
        assertThat(users.makeRoom()).isNull();
        users.tokens("ann", 0);
        use(users, "eve", 300, 0);
        UserTokens forgotten = users.makeRoom();
        assertThat(forgotten).isNotNull().extracting(UserTokens::user).isEqualTo("bob");
        use(users, "bob", 50, 0);
        assertThat(users.makeRoom()).isSameAs(ann);
        users.settle(ann, 100, 9_999, 0);
        assertThat(users.tokens("ann", 0)).as("what comes too late").isZero();
        assertThat(users.tokens("bob", 0)).isEqualTo(50);
        assertThat(users.tokens("eve", 0)).isEqualTo(300);
    }

    private record Used(String user, double tokens, long unit) {}

    private record Running(UserTokens of, String user, double tokens) {}

    @Test
    void shouldAgreeWithAListOfAllThatWasUsed() {
        Random random = new Random(Long.getLong("penstock.test.seed", 1));
        ModelUsers users = users(Map.of());
        List<Used> all = new ArrayList<>();
        List<Running> running = new ArrayList<>();
        long now = 0;
        for (int step = 0; step < 20_000; step++) {
            now += random.nextInt(20) == 0 ? random.nextLong(3 * MINUTE) : random.nextLong(MINUTE / 20);
            String user = "u" + random.nextInt(30);
            if (random.nextBoolean() || running.isEmpty()) {
                double tokens = random.nextInt(4_000);
                running.add(new Running(users.reserve(user, tokens, now), user, tokens));
            } else {
                Running ends = running.remove(random.nextInt(running.size()));
                double tokens = random.nextInt(4) * 1_000;
                users.settle(ends.of(), ends.tokens(), tokens, now);
                all.add(new Used(ends.user(), tokens, now / MINUTE));
            }
            long unit = now / MINUTE;
            all.removeIf(used -> used.unit() <= unit - 5);
            Map<String, Double> totals = new HashMap<>();
            all.forEach(used -> totals.merge(used.user(), used.tokens(), Double::sum));
            running.forEach(request -> totals.merge(request.user(), request.tokens(), Double::sum));
            assertThat(users.tokens(user, now)).isCloseTo(totals.getOrDefault(user, 0.0), within(1e-6));
            totals.values().removeIf(tokens -> tokens == 0);
            double least = totals.values().stream().mapToDouble(Double::doubleValue).min().orElse(1_000);
            double most = totals.values().stream().mapToDouble(Double::doubleValue).max().orElse(8_000);
            assertThat(users.bucket()).isCloseTo(Math.max(1_000, (least + most) / 2), within(1e-6));
        }
    }

    private static void use(ModelUsers users, String user, double tokens, long now) {
        users.settle(users.reserve(user, 0, now), 0, tokens, now);
    }
}
