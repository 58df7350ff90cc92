package dev.penstock.cache.limits;

import dev.penstock.cache.limits.LimitSettings.UnknownUser;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Users.User;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What users may take, as they were last read. A user is waited for once; from then on he is read again behind the
 * scenes, and what was good stays while nobody can tell. Strangers are remembered, too. Bounded. Any thread.
 */
final class UserDirectory {

    private static final int MOST_USERS = 50_000;
    /** What AIBrix takes for a user without a number of requests, and how many tokens for each. */
    private static final long AIBRIX_RPM = 100;
    private static final long AIBRIX_TOKENS = 1_000;

    /** What holds for a user. */
    static final class Known {
        private final AtomicBoolean reading = new AtomicBoolean();
        private volatile @Nullable UserLimits limits;
        private volatile long readAgainAtNanos;

        private Known(@Nullable UserLimits limits) {
            this.limits = limits;
        }

        /** What he may take; null where he is a stranger, and strangers are refused. */
        @Nullable UserLimits limits() {
            return limits;
        }
    }

    private final LimitSettings settings;
    private final boolean aibrix;
    private final UserSource source;
    private final NanoClock clock;
    private final Recent<Known> users = new Recent<>(MOST_USERS);

    /**
     * Knows nobody yet.
     *
     * @param aibrix whether missing numbers mean what they mean to AIBrix; else any number
     */
    UserDirectory(LimitSettings settings, boolean aibrix, UserSource source, NanoClock clock) {
        this.settings = settings;
        this.aibrix = aibrix;
        this.source = source;
        this.clock = clock;
    }

    /** Whether there can be a user who has limits, or who is refused. */
    boolean limitsAnybody() {
        return source != UserSource.NOBODY || settings.unknownUser() != UnknownUser.ALLOW;
    }

    /** A user who was read before; null for others. */
    @Nullable Known known(String name) {
        Known found = users.find(name);
        if (found != null && clock.nanoTime() - found.readAgainAtNanos >= 0
                && found.reading.compareAndSet(false, true)) {
            // Whoever asks meanwhile gets what holds so far; what fails is told where it is read.
            var unused = read(name).whenComplete((now, error) -> {
                found.readAgainAtNanos = clock.nanoTime() + settings.refreshNanos();
                found.reading.set(false);
            });
        }
        return found;
    }

    /** Reads a user; fails where that cannot be done now. */
    CompletionStage<Known> read(String name) {
        return source.find(name).handle((user, error) -> {
            if (error == null) {
                return remember(name, user == null ? stranger(name) : of(user));
            }
            if (error instanceof UnusableAnswerException || error.getCause() instanceof UnusableAnswerException) {
                return remember(name, doubtful(name));
            }
            throw error instanceof CompletionException known ? known : new CompletionException(error);
        });
    }

    private Known remember(String name, @Nullable UserLimits limits) {
        Known known = users.get(name, any -> new Known(limits));
        known.limits = limits;
        known.readAgainAtNanos = clock.nanoTime() + settings.refreshNanos();
        return known;
    }

    private UserLimits of(User user) {
        return limits(user.name(), false, user.rpm(), user.tpm());
    }

    /** Limits as they were given to somebody. */
    UserLimits limits(String name, boolean key, long rpm, long tpm) {
        if (!aibrix || key) {
            return new UserLimits(name, key, rpm, tpm);
        }
        long requests = rpm == 0 ? AIBRIX_RPM : rpm;
        return new UserLimits(name, false, requests, tpm == 0 ? requests * AIBRIX_TOKENS : tpm);
    }

    private @Nullable UserLimits stranger(String name) {
        return settings.unknownUser() == UnknownUser.REJECT ? null : doubtful(name);
    }

    /** What holds for somebody of whom nobody can tell whether he is known: never a reason to refuse him. */
    UserLimits doubtful(String name) {
        return settings.unknownUser() == UnknownUser.ALLOW ? new UserLimits(name, false, 0, 0)
                : new UserLimits(name, false, settings.defaultRpm(), settings.defaultTpm());
    }
}
