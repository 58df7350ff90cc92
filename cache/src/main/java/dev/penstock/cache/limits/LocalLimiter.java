package dev.penstock.cache.limits;

import dev.penstock.cache.limits.Verdict.Exceeded;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Quota;
import java.util.concurrent.TimeUnit;

/**
 * Counts what users take of this process, in token buckets. Any thread; never more than the limit. Where tokens are
 * missing the request that was taken first is given back, so another thread may find none for that moment.
 */
final class LocalLimiter implements Ledger {

    private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int MOST_USERS = 50_000;

    private record Buckets(TokenBucket requests, TokenBucket tokens) {}

    private final NanoClock clock;
    private final Recent<Buckets> users = new Recent<>(MOST_USERS);
    private final Recent<Buckets> keys = new Recent<>(MOST_USERS);

    LocalLimiter(NanoClock clock) {
        this.clock = clock;
    }

    /** Takes a request, and tokens, or nothing of both. One that wants more than a full bucket takes a full one. */
    Verdict take(UserLimits who, long tokens) {
        long now = clock.nanoTime();
        Buckets buckets = buckets(who, now);
        long reserved = Math.min(tokens, who.tpm());
        long requestsAhead = who.rpm() == 0 ? 0 : buckets.requests().take(1, who.rpm(), now);
        if (requestsAhead < 0) {
            return verdict(Exceeded.REQUESTS, who, buckets, now, -requestsAhead);
        }
        long tokensAhead = who.tpm() == 0 ? 0 : buckets.tokens().take(reserved, who.tpm(), now);
        if (tokensAhead < 0) {
            if (who.rpm() > 0) {
                buckets.requests().change(-1, who.rpm(), now);
            }
            return verdict(Exceeded.TOKENS, who, buckets, now, -tokensAhead);
        }
        return new Verdict(Exceeded.NOTHING, quota(who, buckets, requestsAhead, tokensAhead), 0, reserved, 0);
    }

    private static Verdict verdict(Exceeded exceeded, UserLimits who, Buckets buckets, long now, long retryNanos) {
        return new Verdict(exceeded, quota(who, buckets, buckets.requests().untilFull(now),
                buckets.tokens().untilFull(now)), retryNanos, 0, 0);
    }

    private static Quota quota(UserLimits who, Buckets buckets, long requestsAhead, long tokensAhead) {
        return new Quota(who.rpm(), buckets.requests().left(who.rpm(), requestsAhead), requestsAhead, who.tpm(),
                buckets.tokens().left(who.tpm(), tokensAhead), tokensAhead);
    }

    @Override
    public void giveBack(UserLimits who, Verdict taken) {
        change(who, -1, -taken.tokens());
    }

    @Override
    public void settle(UserLimits who, Verdict taken, long used) {
        change(who, 0, used - taken.tokens());
    }

    private void change(UserLimits who, long requests, long tokens) {
        long now = clock.nanoTime();
        Buckets buckets = buckets(who, now);
        if (who.rpm() > 0 && requests != 0) {
            buckets.requests().change(requests, who.rpm(), now);
        }
        if (who.tpm() > 0 && tokens != 0) {
            buckets.tokens().change(tokens, who.tpm(), now);
        }
    }

    private Buckets buckets(UserLimits who, long now) {
        return (who.key() ? keys : users).get(who.name(), name -> new Buckets(new TokenBucket(WINDOW_NANOS, now),
                new TokenBucket(WINDOW_NANOS, now)));
    }
}
