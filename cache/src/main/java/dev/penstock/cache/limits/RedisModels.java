package dev.penstock.cache.limits;

import dev.penstock.cache.limits.ModelTake.Exceeded;
import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisScript;
import dev.penstock.core.model.ModelRate;
import io.lettuce.core.ScriptOutputType;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what models have to do for all processes: a token bucket of requests, and a sorted set of those in flight, by
 * the clock of Redis, in one script for each request. Any thread.
 *
 * <p>Who is in flight is there for {@link #LEASE_SECONDS} at most: so long a replica that died takes room away, and a
 * longer request does not count to its end.
 */
final class RedisModels implements SharedModels {

    static final int LEASE_SECONDS = 600;

    private static final String USE = RedisLimiter.USE;
    private static final String FIELD = "requests";

    /** Arguments: limit, window in microseconds, most in flight, member, lease in seconds. */
    private static final RedisScript TAKE = new RedisScript(BucketScript.LEVEL + """
            local limit = tonumber(ARGV[1])
            local window = tonumber(ARGV[2])
            local most = tonumber(ARGV[3])
            local lease = tonumber(ARGV[5])
            if most > 0 then
              redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
              if redis.call('ZCARD', KEYS[2]) >= most then return {2, odd, 1000000} end
            end
            if limit > 0 then
              local there = level(KEYS[1], 'requests', limit, window)
              if there + 1 > limit + 0.0001 then
                return {1, odd, math.ceil((there + 1 - limit) * window / limit)}
              end
              keep(KEYS[1], 'requests', there + 1)
              redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil((there + 1) * window / limit / 1000)))
            end
            if most > 0 then
              redis.call('ZADD', KEYS[2], string.format('%.0f', now + lease * 1000000), ARGV[4])
              redis.call('EXPIRE', KEYS[2], lease)
            end
            return {0, odd, 0}
            """, ScriptOutputType.MULTI);

    private final Redis redis;
    private final AtomicLong members = new AtomicLong();

    RedisModels(Redis redis) {
        this.redis = redis;
    }

    @Override
    public CompletionStage<ModelTake> take(String model, ModelRate rate) {
        String member = rate.inFlight() == 0 ? ""
                : redis.replica() + ':' + Long.toString(members.incrementAndGet(), Character.MAX_RADIX);
        CompletionStage<List<Object>> answer = redis.run(USE, TAKE, List.of(requestsKey(model), inFlightKey(model)),
                List.of(Integer.toString(rate.requests()), micros(rate), Integer.toString(rate.inFlight()), member,
                        Integer.toString(LEASE_SECONDS)));
        return answer.whenComplete((list, error) -> {
            if (error != null) {
                // It may have been carried out, and nobody would end it.
                leave(model, member);
            }
        }).thenApply(list -> {
            if ((Long) list.get(1) != 0) {
                redis.unexpected(USE, requestsKey(model)
                        + ": not of the form \"<level> <microseconds>\", counts as full");
            }
            long retrySeconds = UserAdmission.seconds(TimeUnit.MICROSECONDS.toNanos((Long) list.get(2)));
            return switch (((Long) list.get(0)).intValue()) {
                case 0 -> new ModelTake(Exceeded.NOTHING, 0, 0, member);
                case 1 -> new ModelTake(Exceeded.REQUESTS, retrySeconds, 0, "");
                default -> new ModelTake(Exceeded.IN_FLIGHT, retrySeconds, 0, "");
            };
        });
    }

    @Override
    public void giveBack(String model, ModelRate rate, ModelTake taken) {
        if (rate.requests() > 0) {
            // What fails is told by the connection; the bucket makes up for it.
            var unused = redis.run(USE, BucketScript.TAKE, List.of(requestsKey(model)), List.of("change", FIELD,
                    Integer.toString(rate.requests()), micros(rate), "-1"));
        }
        ended(model, taken);
    }

    @Override
    public void ended(String model, ModelTake taken) {
        leave(model, taken.member());
    }

    private void leave(String model, String member) {
        if (!member.isEmpty()) {
            var unused = redis.call(USE, commands -> commands.zrem(inFlightKey(model), member));
        }
    }

    private static String micros(ModelRate rate) {
        return Long.toString(TimeUnit.SECONDS.toMicros(rate.windowSeconds()));
    }

    static String requestsKey(String model) {
        return "penstock:{" + model + "}:model-limits";
    }

    static String inFlightKey(String model) {
        return "penstock:{" + model + "}:model-in-flight";
    }
}
