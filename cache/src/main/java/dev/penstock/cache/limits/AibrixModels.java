package dev.penstock.cache.limits;

import dev.penstock.cache.limits.ModelTake.Exceeded;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.model.ModelRate;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Counts the requests of models together with AIBrix's gateways: under their keys, in their fixed windows; what is
 * refused has been counted, too. Who is in flight, which they do not count, is kept as ever. Any thread.
 */
final class AibrixModels implements SharedModels {

    private static final ModelTake FREE = new ModelTake(Exceeded.NOTHING, 0, 0, "");

    private final Redis redis;
    private final InstantSource wall;
    private final RedisModels inFlight;

    AibrixModels(Redis redis, InstantSource wall) {
        this.redis = redis;
        this.wall = wall;
        this.inFlight = new RedisModels(redis);
    }

    @Override
    public CompletionStage<ModelTake> take(String model, ModelRate rate) {
        CompletionStage<ModelTake> entered = rate.inFlight() == 0 ? CompletableFuture.completedFuture(FREE)
                : inFlight.take(model, new ModelRate(0, 1, rate.inFlight()));
        if (rate.requests() == 0) {
            return entered;
        }
        long second = wall.instant().getEpochSecond();
        long window = Math.floorDiv(second, rate.windowSeconds());
        CompletionStage<Long> counted = add(model, rate, window, 1).whenComplete((count, error) -> {
            if (error != null) {
                var unused = entered.thenAccept(there -> ended(model, there));
            }
        });
        long left = (long) rate.windowSeconds() - Math.floorMod(second, rate.windowSeconds());
        return entered.thenCombine(counted, (there, count) -> joined(model, rate, there,
                new ModelTake(count > rate.requests() ? Exceeded.REQUESTS : Exceeded.NOTHING, left, window,
                        there.member())));
    }

    /** One of the two may have refused: what the other one took is given back. */
    private ModelTake joined(String model, ModelRate rate, ModelTake entered, ModelTake counted) {
        if (entered.exceeded() != Exceeded.NOTHING) {
            giveBack(model, rate, counted);
            return entered;
        }
        if (counted.exceeded() != Exceeded.NOTHING) {
            ended(model, entered);
        }
        return counted;
    }

    @Override
    public void giveBack(String model, ModelRate rate, ModelTake taken) {
        if (rate.requests() > 0
                && Math.floorDiv(wall.instant().getEpochSecond(), rate.windowSeconds()) == taken.window()) {
            var unused = add(model, rate, taken.window(), -1);
        }
        ended(model, taken);
    }

    @Override
    public void ended(String model, ModelTake taken) {
        inFlight.ended(model, taken);
    }

    private CompletionStage<Long> add(String model, ModelRate rate, long window, long amount) {
        return redis.run(RedisLimiter.USE, AibrixLimiter.ADD, List.of(key(model, window)),
                List.of(Long.toString(amount), Integer.toString(rate.windowSeconds())));
    }

    static String key(String model, long window) {
        return "aibrix_model:" + model + "_MODEL_RPS_CURRENT:" + Math.floorMod(window, AibrixLimiter.BINS);
    }
}
