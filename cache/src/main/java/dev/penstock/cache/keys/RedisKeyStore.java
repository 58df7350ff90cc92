package dev.penstock.cache.keys;

import dev.penstock.cache.redis.Redis;
import dev.penstock.cache.redis.RedisFailure;
import dev.penstock.core.port.ApiKeyStore;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** Keys in a hash of Redis, see {@link RedisKeys}. Each change is one command. One thread at a time, which waits. */
public final class RedisKeyStore implements ApiKeyStore {
    private final Redis redis;
    private final KeyMaker maker;

    /**
     * Keys in Redis.
     *
     * @param random of which nobody can foresee what it gives
     */
    public RedisKeyStore(Redis redis, RandomGenerator random, InstantSource time) {
        this.redis = redis;
        this.maker = new KeyMaker(random, time);
    }

    @Override
    public Made make(Terms terms) {
        KeyMaker.New made = maker.make(terms);
        String id = made.told().id();
        if (!answer(commands -> commands.hsetnx(RedisKeys.HASH, id, KeyJson.write(made.entry())))) {
            throw new UncheckedIOException(new IOException(RedisKeys.HASH + ": " + id + " is there already"));
        }
        return made.told();
    }

    @Override
    public List<Kept> list() {
        List<KeyEntry> entries = new ArrayList<>();
        answer(commands -> commands.hgetall(RedisKeys.HASH)).forEach((id, json) -> {
            try {
                entries.add(RedisKeys.entry(id, json));
            } catch (IllegalArgumentException e) {
                throw new UncheckedIOException(new IOException(RedisKeys.HASH + ": a field is no key: "
                        + e.getMessage(), e));
            }
        });
        return KeyMaker.kept(entries);
    }

    @Override
    public boolean revoke(String id) {
        return answer(commands -> commands.hdel(RedisKeys.HASH, id)) > 0;
    }

    private <T> T answer(Function<RedisClusterAsyncCommands<String, String>, CompletionStage<T>> command) {
        try {
            return redis.call(RedisKeys.USE, command).toCompletableFuture().join();
        } catch (CompletionException e) {
            String reason = e.getCause() instanceof RedisFailure failure
                    ? failure.kind().label() + ": " + failure.getMessage() : String.valueOf(e.getMessage());
            throw new UncheckedIOException(new IOException("Redis: " + reason, e));
        }
    }
}
