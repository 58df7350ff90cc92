package dev.penstock.cache.limits;

import dev.penstock.cache.limits.LimitCounts.Kind;
import dev.penstock.cache.limits.LimitSettings.OnFailure;
import dev.penstock.core.model.ModelRate;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests of users as long as they have requests and tokens left. Requests that name no user, and show no key
 * with limits of its own, are not counted. Any thread.
 */
final class UserAdmission implements Admission {

    private static final String PART = "users";
    private static final int LONGEST_NAME = 256;

    private final UserDirectory directory;
    private final LocalLimiter local;
    private final @Nullable SharedLimiter shared;
    private final LimitSettings settings;
    private final NanoClock clock;
    private final LimitCounts counts;
    private final RedisPatience patience = new RedisPatience();

    /**
     * Limits that nobody has used yet.
     *
     * @param settings for how long that is waited for, and what is done while it does not answer
     * @param shared where it is counted; null for in this process alone
     */
    UserAdmission(LimitSettings settings, UserDirectory directory, @Nullable SharedLimiter shared, NanoClock clock,
            Metrics metrics) {
        this.directory = directory;
        this.local = new LocalLimiter(clock);
        this.shared = shared;
        this.settings = settings;
        this.clock = clock;
        this.counts = new LimitCounts(metrics, PART);
    }

    @Override
    public boolean wants(@Nullable ModelRate rate, @Nullable String user, @Nullable ApiKey key) {
        return (user != null && !user.isEmpty() && directory.limitsAnybody()) || ownLimits(key);
    }

    /** The name by which a user is known and counted: a header may be as long as a client likes, and is kept. */
    private static String name(String user) {
        return user.length() <= LONGEST_NAME ? user : user.substring(0, LONGEST_NAME);
    }

    private static boolean ownLimits(@Nullable ApiKey key) {
        return key != null && (key.rpm() > 0 || key.tpm() > 0);
    }

    @Override
    public void admit(Request request, Consumer<Decision> answer) {
        ApiKey key = request.key();
        String user = request.user();
        if (key != null && ownLimits(key)) {
            count(request, directory.limits(key.id(), true, key.rpm(), key.tpm()), answer);
        } else if (user == null || user.isEmpty()) {
            answer.accept(Admitted.FREELY);
        } else {
            UserDirectory.Known known = directory.known(name(user));
            if (known != null) {
                count(request, known.limits(), answer);
            } else if (!patience.asks(clock.nanoTime())) {
                answer.accept(unanswered(request));
            } else {
                var unused = directory.read(name(user)).whenComplete((found, error) -> {
                    if (error == null) {
                        count(request, found.limits(), answer);
                    } else {
                        answer.accept(unanswered(request));
                    }
                });
            }
        }
    }

    private void count(Request request, @Nullable UserLimits who, Consumer<Decision> answer) {
        if (who == null || who.none()) {
            answer.accept(who == null ? strange(request) : Admitted.FREELY);
        } else if (shared == null) {
            answer.accept(decided(who, local, local.take(who, request.tokens())));
        } else if (!patience.asks(clock.nanoTime())) {
            answer.accept(unanswered(request));
        } else {
            SharedLimiter asked = shared;
            var unused = asked.take(who, request.tokens()).whenComplete((verdict, error) -> {
                if (error == null) {
                    inTime(request);
                    answer.accept(decided(who, asked, verdict));
                } else {
                    answer.accept(unanswered(request));
                }
            });
        }
    }

    private void inTime(Request request) {
        if (clock.nanoTime() - request.deadlineNanos() < 0) {
            patience.answered();
        }
    }

    @Override
    public long deadlineNanos() {
        return settings.deadlineNanos();
    }

    @Override
    public Decision late(Request request) {
        counts.late();
        patience.late(clock.nanoTime());
        return unanswered(request);
    }

    /** Redis has not answered. */
    private Decision unanswered(Request request) {
        if (settings.usersOnFailure() == OnFailure.CLOSED) {
            counts.refused(Kind.UNAVAILABLE);
            return new Rejected(ErrorCode.LIMITS_UNAVAILABLE, ErrorCode.LIMITS_UNAVAILABLE.message(), 1);
        }
        counts.local();
        UserLimits who = lastKnown(request);
        if (who == null) {
            return strange(request);
        }
        return who.none() ? Admitted.FREELY : decided(who, local, local.take(who, request.tokens()));
    }

    private @Nullable UserLimits lastKnown(Request request) {
        ApiKey key = request.key();
        if (key != null && ownLimits(key)) {
            return directory.limits(key.id(), true, key.rpm(), key.tpm());
        }
        String user = request.user();
        if (user == null || user.isEmpty()) {
            return new UserLimits("", false, 0, 0);
        }
        UserDirectory.Known known = directory.known(name(user));
        return known == null ? directory.doubtful(name(user)) : known.limits();
    }

    private Decision strange(Request request) {
        counts.refused(Kind.UNKNOWN_USER);
        return new Rejected(ErrorCode.UNKNOWN_USER, "user: " + request.user() + " is not known", -1);
    }

    private Decision decided(UserLimits who, Ledger ledger, Verdict verdict) {
        return switch (verdict.exceeded()) {
            case NOTHING -> new Admitted(who.key() ? null : who.name(), new Taken(ledger, who, verdict),
                    verdict.quota());
            case REQUESTS -> {
                counts.refused(Kind.USER_REQUESTS);
                yield new Rejected(ErrorCode.USER_RPM_EXCEEDED, who.told() + " has exceeded RPM: " + who.rpm(),
                        seconds(verdict.retryNanos()), verdict.quota());
            }
            case TOKENS -> {
                counts.refused(Kind.USER_TOKENS);
                yield new Rejected(ErrorCode.USER_TPM_EXCEEDED, who.told() + " has exceeded TPM: " + who.tpm(),
                        seconds(verdict.retryNanos()), verdict.quota());
            }
        };
    }

    /** Rounded up, for who comes back too early is refused once more. */
    static long seconds(long nanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toSeconds(nanos + TimeUnit.SECONDS.toNanos(1) - 1));
    }

    private record Taken(Ledger ledger, UserLimits who, Verdict verdict) implements Grant {
        @Override
        public void refund() {
            ledger.giveBack(who, verdict);
        }

        @Override
        public void settle(Usage usage) {
            if (usage.known()) {
                ledger.settle(who, verdict, usage.promptTokens() + usage.completionTokens());
            }
        }
    }
}
