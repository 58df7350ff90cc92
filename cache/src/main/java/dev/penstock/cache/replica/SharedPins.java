package dev.penstock.cache.replica;

import dev.penstock.cache.redis.Redis;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.port.Pins;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import io.lettuce.core.SetArgs;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pins that replicas see, too: each is kept here and, written behind, in Redis, where it outlives this process. Only
 * who is asked for a response that it does not know looks there. Any thread; never waits.
 */
public final class SharedPins implements Pins {

    static final String PREFIX = "penstock:pin:";

    private static final String USE = "pins";
    private static final int LONGEST_ID = 256;
    private static final char SEPARATOR = '\n';

    private final Pins own;
    private final Redis redis;
    private final SnapshotSource snapshots;
    private final SetArgs expiry;

    /**
     * Pins that are shared.
     *
     * @param own those of this process
     * @param redis where they are shared
     * @param snapshots the fleet
     * @param ttlNanos how long one is kept
     */
    public SharedPins(Pins own, Redis redis, SnapshotSource snapshots, long ttlNanos) {
        this.own = own;
        this.redis = redis;
        this.snapshots = snapshots;
        expiry = SetArgs.Builder.px(Math.max(1, TimeUnit.NANOSECONDS.toMillis(ttlNanos)));
    }

    @Override
    public void pin(String responseId, PodView endpoint) {
        own.pin(responseId, endpoint);
        if (usable(responseId)) {
            redis.call(USE, commands -> commands.set(PREFIX + responseId, text(endpoint), expiry));
        }
    }

    @Override
    public @Nullable PodView find(String responseId) {
        return own.find(responseId);
    }

    @Override
    public void seek(String responseId, Consumer<@Nullable PodView> answer) {
        if (!usable(responseId)) {
            answer.accept(null);
            return;
        }
        redis.<String>call(USE, commands -> commands.get(PREFIX + responseId)).whenComplete((text, failure) -> {
            PodView endpoint = text == null ? null : endpoint(text);
            if (endpoint != null) {
                own.pin(responseId, endpoint);
            }
            answer.accept(endpoint);
        });
    }

    private static boolean usable(String responseId) {
        return !responseId.isEmpty() && responseId.length() <= LONGEST_ID;
    }

    /** The endpoint as all replicas know it: slots are no use for that, and a pod made anew holds nothing. */
    private static String text(PodView endpoint) {
        return endpoint.namespace() + SEPARATOR + endpoint.name() + SEPARATOR + endpoint.uid() + SEPARATOR
                + endpoint.port();
    }

    private @Nullable PodView endpoint(String text) {
        Fleet fleet = snapshots.current();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null && text.contains(endpoint.uid()) && text.equals(text(endpoint))) {
                return endpoint;
            }
        }
        return null;
    }
}
