package dev.penstock.cache.limits;

import dev.penstock.cache.limits.Verdict.Exceeded;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.Quota;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Counts what users take of all processes, in token buckets in Redis: one key for each user, one script for each
 * request, by the clock of Redis. Any thread.
 */
final class RedisLimiter implements SharedLimiter {

    static final String USE = "limits";

    private static final String WINDOW_MICROS = Long.toString(TimeUnit.MINUTES.toMicros(1));
    private static final double WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Redis redis;

    RedisLimiter(Redis redis) {
        this.redis = redis;
    }

    @Override
    public CompletionStage<Verdict> take(UserLimits who, long tokens) {
        long reserved = Math.min(tokens, who.tpm());
        String key = key(who);
        CompletionStage<List<Object>> answer = redis.run(USE, BucketScript.TAKE, List.of(key),
                arguments("take", who, 1, reserved));
        return answer.thenApply(list -> verdict(who, reserved, key, list));
    }

    private Verdict verdict(UserLimits who, long reserved, String key, List<Object> answer) {
        int refused = ((Long) answer.get(0)).intValue();
        if ((Long) answer.get(1) != 0) {
            redis.unexpected(USE, key + ": not of the form \"<level> <microseconds>\", counts as full");
        }
        double requests = who.rpm() == 0 ? 0 : level(answer, 2);
        double tokens = who.tpm() == 0 ? 0 : level(answer, who.rpm() == 0 ? 2 : 3);
        Quota quota = new Quota(who.rpm(), left(who.rpm(), requests), nanos(requests, who.rpm()),
                who.tpm(), left(who.tpm(), tokens), nanos(tokens, who.tpm()));
        if (refused == 0) {
            return new Verdict(Exceeded.NOTHING, quota, 0, reserved, 0);
        }
        return refused == 1 && who.rpm() > 0
                ? new Verdict(Exceeded.REQUESTS, quota, nanos(requests + 1 - who.rpm(), who.rpm()), 0, 0)
                : new Verdict(Exceeded.TOKENS, quota, nanos(tokens + reserved - who.tpm(), who.tpm()), 0, 0);
    }

    private static double level(List<Object> answer, int index) {
        return Double.parseDouble((String) answer.get(index));
    }

    private static long left(long limit, double level) {
        // What the level is off by, after six digits, is not worth a request.
        return Math.max(0, (long) (limit - level + 0.0001));
    }

    /** How long it takes a level to fall to nothing. */
    private static long nanos(double level, long limit) {
        return limit == 0 ? 0 : Math.max(0, (long) Math.ceil(level * (WINDOW_NANOS / limit)));
    }

    @Override
    public void giveBack(UserLimits who, Verdict taken) {
        change(who, -1, -taken.tokens());
    }

    @Override
    public void settle(UserLimits who, Verdict taken, long used) {
        if (who.tpm() > 0 && used != taken.tokens()) {
            change(who, 0, used - taken.tokens());
        }
    }

    private void change(UserLimits who, long requests, long tokens) {
        // What fails is told by the connection. The bucket makes up for it within a minute.
        var unused = redis.run(USE, BucketScript.TAKE, List.of(key(who)), arguments("change", who, requests, tokens));
    }

    private static List<String> arguments(String how, UserLimits who, long requests, long tokens) {
        List<String> arguments = new ArrayList<>(9);
        arguments.add(how);
        bucket(arguments, "requests", who.rpm(), requests);
        bucket(arguments, "tokens", who.tpm(), tokens);
        return arguments;
    }

    private static void bucket(List<String> arguments, String field, long limit, long amount) {
        if (limit > 0) {
            arguments.add(field);
            arguments.add(Long.toString(limit));
            arguments.add(WINDOW_MICROS);
            arguments.add(Long.toString(amount));
        }
    }

    static String key(UserLimits who) {
        return "penstock:{" + who.name() + (who.key() ? "}:key-limits" : "}:user-limits");
    }
}
