package dev.penstock.cache.limits;

import dev.penstock.cache.limits.Verdict.Exceeded;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisScript;
import dev.penstock.core.port.Quota;
import io.lettuce.core.ScriptOutputType;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts what users take together with AIBrix's gateways: under their keys, in their fixed windows of a minute by the
 * clock of this process, in their order. Requests are counted when they come, tokens when they are known; a request
 * that finds no tokens has been counted. Any thread.
 *
 * <p>The keys of a user are of two slots of a Cluster: each is one atomic step, both are sent at once.
 */
final class AibrixLimiter implements SharedLimiter {

    static final int BINS = 64;

    private static final String USE = RedisLimiter.USE;
    private static final int WINDOW_SECONDS = 60;
    private static final Long UNKNOWN = -1L;
    /** The largest number that a script can compare exactly. */
    private static final long ANY_NUMBER = 1L << 53;

    /** Counts one where the limit is not reached: 1 and the count, or 0 and the count. */
    private static final RedisScript COUNT_BELOW = new RedisScript("""
            local count = tonumber(redis.call('GET', KEYS[1]) or '0')
            if not count then return redis.error_reply('ERR value is not an integer') end
            if count >= tonumber(ARGV[1]) then return {0, count} end
            count = redis.call('INCRBY', KEYS[1], 1)
            redis.call('EXPIRE', KEYS[1], ARGV[2])
            return {1, count}
            """, ScriptOutputType.MULTI);
    /** Adds, and lets the sum last for a window. */
    static final RedisScript ADD = new RedisScript("""
            local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
            redis.call('EXPIRE', KEYS[1], ARGV[2])
            return sum
            """, ScriptOutputType.INTEGER);

    private final Redis redis;
    private final InstantSource wall;

    AibrixLimiter(Redis redis, InstantSource wall) {
        this.redis = redis;
        this.wall = wall;
    }

    @Override
    public CompletionStage<Verdict> take(UserLimits who, long tokens) {
        long second = wall.instant().getEpochSecond();
        long window = Math.floorDiv(second, WINDOW_SECONDS);
        CompletionStage<List<Object>> requests = redis.run(USE, COUNT_BELOW, List.of(requestsKey(who, window)),
                List.of(Long.toString(who.rpm() == 0 ? ANY_NUMBER : who.rpm()), Integer.toString(WINDOW_SECONDS)));
        CompletionStage<@Nullable String> used = redis.call(USE, commands -> commands.get(tokensKey(who, window)));
        long left = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS - Math.floorMod(second, WINDOW_SECONDS));
        CompletionStage<Long> sum = used.handle((text, error) -> error == null
                ? number(tokensKey(who, window), text) : UNKNOWN);
        return requests.thenCombine(sum, (counted, tokensSoFar) -> verdict(who, counted, tokensSoFar, window, left));
    }

    private Verdict verdict(UserLimits who, List<Object> counted, long tokens, long window, long resetNanos) {
        boolean taken = (Long) counted.get(0) == 1;
        long requests = (Long) counted.get(1);
        Quota quota = new Quota(who.rpm(), Math.max(0, who.rpm() - requests), resetNanos, who.tpm(),
                Math.max(0, who.tpm() - tokens), resetNanos);
        Exceeded exceeded = !taken ? Exceeded.REQUESTS
                : who.tpm() > 0 && tokens >= who.tpm() ? Exceeded.TOKENS : Exceeded.NOTHING;
        Verdict verdict = new Verdict(exceeded, quota, exceeded == Exceeded.NOTHING ? 0 : resetNanos, 0, window);
        if (tokens < 0) {
            if (taken) {
                giveBack(who, verdict);
            }
            throw new UnusableAnswerException();
        }
        return verdict;
    }

    /** A sum as it is kept; -1 where it is none. */
    private Long number(String key, @Nullable String kept) {
        try {
            return kept == null ? 0L : Math.max(0, Long.parseLong(kept));
        } catch (NumberFormatException e) {
            redis.unexpected(USE, key + ": not a number");
            return UNKNOWN;
        }
    }

    @Override
    public void giveBack(UserLimits who, Verdict taken) {
        if (taken.window() == window()) {
            add(requestsKey(who, taken.window()), -1);
        }
    }

    @Override
    public void settle(UserLimits who, Verdict taken, long used) {
        if (used > 0) {
            add(tokensKey(who, window()), used);
        }
    }

    private void add(String key, long amount) {
        // What fails is told by the connection.
        var unused = redis.run(USE, ADD, List.of(key), List.of(Long.toString(amount),
                Integer.toString(WINDOW_SECONDS)));
    }

    private long window() {
        return Math.floorDiv(wall.instant().getEpochSecond(), WINDOW_SECONDS);
    }

    static String requestsKey(UserLimits who, long window) {
        return "aibrix:" + name(who) + "_RPM_CURRENT:" + Math.floorMod(window, BINS);
    }

    static String tokensKey(UserLimits who, long window) {
        return "aibrix:" + name(who) + "_TPM_CURRENT:" + Math.floorMod(window, BINS);
    }

    private static String name(UserLimits who) {
        return who.key() ? "key:" + who.name() : who.name();
    }
}
