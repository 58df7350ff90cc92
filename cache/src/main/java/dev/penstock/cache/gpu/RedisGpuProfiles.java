package dev.penstock.cache.gpu;

import dev.penstock.cache.redis.KeySearch;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.GpuProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Learns the GPU profiles that AIBrix's optimizer keeps in Redis, and looks again and again. Whatever fails, or makes
 * no sense, leaves the last good profile of its key; only a key that is gone takes its profile with it. Asked for looks
 * by {@code lb-profiles}; the answers are dealt with on threads of the connection, one look at a time.
 */
final class RedisGpuProfiles {

    static final String PREFIX = "aibrix:profile_";
    /** Name of this source. */
    static final String SOURCE = "redis";
    /** Longest profile, in bytes: some hundred times those that are about. */
    static final int LONGEST = 1_048_576;
    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final String USE = "profiles";
    private static final int PROFILES_AT_ONCE = 32;
    private static final int MOST_PROFILES = 4_096;
    private static final System.Logger LOG = System.getLogger(RedisGpuProfiles.class.getName());

    /** What a key held when it was last of use. */
    private record Good(String text, List<GpuProfile> profiles) {}

    private final Redis redis;
    private final GpuProfileStore store;
    private final NanoClock clock;
    private long dueNanos;
    private volatile boolean looking;
    // Of the look that goes on, or the next one; handed from one to the other by the field above.
    private Map<String, Good> good = Map.of();

    RedisGpuProfiles(Redis redis, GpuProfileStore store, NanoClock clock) {
        this.redis = redis;
        this.store = store;
        this.clock = clock;
        dueNanos = clock.nanoTime();
    }

    /** How long there is nothing to do. By {@code lb-profiles}. */
    long restNanos() {
        return Math.max(0, dueNanos - clock.nanoTime());
    }

    /** Begins to look, where that is due; how much work that was. By {@code lb-profiles}. */
    int doWork() {
        if (restNanos() > 0) {
            return 0;
        }
        // Without a connection it is tried again soon: the first profiles are wanted early.
        dueNanos = clock.nanoTime() + (redis.up() ? INTERVAL_NANOS : INTERVAL_NANOS / 10);
        if (looking || !redis.up()) {
            return 0;
        }
        looking = true;
        new KeySearch(redis, USE, PREFIX + '*', MOST_PROFILES).find()
                .thenCompose(keys -> read(keys.stream().sorted().toList(), 0, new HashMap<>()))
                .whenComplete((found, failure) -> {
                    if (found != null) {
                        take(found);
                    }
                    looking = false;
                });
        return 1;
    }

    /** Whether a look goes on. */
    boolean looking() {
        return looking;
    }

    private CompletionStage<Map<String, Good>> read(List<String> keys, int from, Map<String, Good> found) {
        int end = Math.min(keys.size(), from + PROFILES_AT_ONCE);
        List<CompletableFuture<String>> texts = new ArrayList<>();
        for (String key : keys.subList(from, end)) {
            texts.add(redis.text(USE, key, LONGEST).exceptionally(failure -> null).toCompletableFuture());
        }
        return CompletableFuture.allOf(texts.toArray(CompletableFuture<?>[]::new)).thenCompose(all -> {
            for (int i = from; i < end; i++) {
                String key = keys.get(i);
                Good now = good(key, texts.get(i - from).join());
                if (now != null) {
                    found.put(key, now);
                }
            }
            return end == keys.size() ? CompletableFuture.completedFuture(found) : read(keys, end, found);
        });
    }

    /** What holds of a key now; null where nothing does. */
    private @Nullable Good good(String key, @Nullable String text) {
        Good before = good.get(key);
        if (text == null || (before != null && before.text().equals(text))) {
            return before;
        }
        if (text.isEmpty()) {
            return null;
        }
        return switch (GpuProfileReader.parse(text, key, group -> model(key, group))) {
            case GpuProfileReader.Parsed(var profiles) when profiles.size() == 1 -> new Good(text, profiles);
            case GpuProfileReader.Parsed(var profiles) -> {
                redis.unexpected(USE, key + ": " + profiles.size() + " profiles (expected: one)");
                yield before;
            }
            case GpuProfileReader.Refused(var wrong) -> {
                redis.unexpected(USE, wrong.getFirst().toString());
                yield before;
            }
        };
    }

    /** The model of {@code aibrix:profile_MODEL_GROUP}; null where the key is of another group. */
    private static @Nullable String model(String key, String group) {
        int end = key.length() - group.length() - 1;
        return end > PREFIX.length() && key.charAt(end) == '_' && key.endsWith(group)
                ? key.substring(PREFIX.length(), end) : null;
    }

    private void take(Map<String, Good> found) {
        if (found.equals(good)) {
            return;
        }
        good = found;
        List<GpuProfile> profiles = found.values().stream().flatMap(each -> each.profiles().stream()).toList();
        store.replace(SOURCE, profiles);
        LOG.log(System.Logger.Level.INFO, "Redis: {0} GPU profiles", profiles.size());
    }
}
