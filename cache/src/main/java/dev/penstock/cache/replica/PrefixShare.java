package dev.penstock.cache.replica;

import dev.penstock.cache.redis.Redis;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.SentPrompts;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Tells the others which prompts were sent where, and hands what they tell to the routers. Each replica has a stream of
 * its own, bounded in length and time; nothing is written while there are no others. Prompts are told of once, as they
 * are sent: that is all that replicas need to forget blocks at the same time, too, since each keeps its view of a pod
 * as large as the pod's cache, and drops it when the pod leaves. Confined to {@code lb-replica}, but for {@link #sent}.
 */
final class PrefixShare implements ReplicaTask, SentPrompts {

    static final String PREFIX = "penstock:{replicas}:prompts:";

    private static final String USE = "prefixes";
    private static final String FIELD = "p";
    private static final int QUEUE = 4_096;
    // In a period: of a tenth of a second, a thousand prompts of 32 KiB and more.
    private static final int MOST_BATCHES = 8;
    private static final long KEPT_ENTRIES = 256;
    private static final long KEPT_SECONDS = 120;
    private static final long KEEP_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long READ_AT_ONCE = 64;
    private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(PodView endpoint, long[] hashes, long tokens) {}

    private final Redis redis;
    private final String key;
    private final EndpointIds endpoints;
    private final SharedSeed seed;
    private final Supplier<List<String>> others;
    private final PromptListener listener;
    private final Runnable wake;
    private final Period period;
    private final ManyToOneConcurrentArrayQueue<Sent> queue = new ManyToOneConcurrentArrayQueue<>(QUEUE);
    private final PromptBatch batch = new PromptBatch();
    private final AtomicReference<@Nullable List<StreamMessage<String, String>>> answer = new AtomicReference<>();
    private final List<StreamMessage<String, String>> failed = new ArrayList<>(0);
    // Of each stream, what was read last.
    private final Map<String, String> read = new HashMap<>();
    // Streams of which what was there before is still being read: those prompts wait at no pod any more.
    private final Set<String> catchingUp = new HashSet<>();
    private final Metrics.Count sentBytes;
    private final Metrics.Count receivedBytes;
    private final Metrics.Count dropped;
    private final Metrics.Count ofAnotherSeed;
    private boolean asking;
    private long keepAtNanos;
    private @Nullable Fleet shardsOf;
    private int[] shards = {};

    /**
     * Nothing told yet.
     *
     * @param others names of the replicas that are there; any thread
     * @param listener is told of their prompts
     */
    PrefixShare(ReplicaParts parts, EndpointIds endpoints, SharedSeed seed, Supplier<List<String>> others,
            PromptListener listener) {
        this.redis = parts.redis();
        this.key = PREFIX + parts.self();
        this.endpoints = endpoints;
        this.seed = seed;
        this.others = others;
        this.listener = listener;
        this.wake = parts.wake();
        long now = parts.clock().nanoTime();
        period = new Period(parts.settings().periodNanos(), ~parts.self().hashCode(), now);
        keepAtNanos = now;
        Metrics metrics = parts.metrics();
        sentBytes = metrics.counter("penstock_replicas_sent_bytes", "Characters told to other replicas.",
                "what", "prompts");
        receivedBytes = metrics.counter("penstock_replicas_received_bytes", "Characters learned of other replicas.",
                "what", "prompts");
        dropped = metrics.counter("penstock_replicas_prompts_dropped", "Prompts that replicas were not told of,"
                + " because there were too many.");
        ofAnotherSeed = metrics.counter("penstock_replicas_foreign_seed_bytes",
                "Characters of replicas that hash prompts with another seed, as at the start.");
    }

    /** On any thread that serves a shard. */
    @Override
    public void sent(PodView endpoint, long[] prefixHashes, long promptTokens) {
        if (!others.get().isEmpty() && !queue.offer(new Sent(endpoint, prefixHashes, promptTokens))) {
            dropped.increment();
        }
    }

    @Override
    public int doWork(long nowNanos) {
        List<StreamMessage<String, String>> answered = answer.getAndSet(null);
        if (answered != null) {
            asking = false;
            answered.forEach(this::take);
            if (answered != failed) {
                catchingUp.removeIf(stream -> answered.stream()
                        .filter(message -> message.getStream().equals(stream)).count() < READ_AT_ONCE);
            }
        }
        boolean turn = !asking && period.due(nowNanos);
        if (turn) {
            period.begin(nowNanos);
            tell(nowNanos);
            ask();
        }
        return answered != null || turn ? 1 : 0;
    }

    private void tell(long nowNanos) {
        int batches = 0;
        Sent next = queue.poll();
        while (next != null && batches++ < MOST_BATCHES) {
            batch.begin(seed.getAsLong());
            while (next != null && batch.add(EndpointIds.of(next.endpoint()), next.tokens(), next.hashes())) {
                next = queue.poll();
            }
            tell(batch.text(), nowNanos);
        }
        while (next != null) {
            dropped.increment();
            next = queue.poll();
        }
    }

    private void tell(String text, long nowNanos) {
        sentBytes.add(text.length());
        redis.call(USE, commands -> commands.xadd(key,
                XAddArgs.Builder.maxlen(KEPT_ENTRIES).approximateTrimming(), FIELD, text));
        if (nowNanos - keepAtNanos >= 0) {
            keepAtNanos = nowNanos + KEEP_NANOS;
            redis.call(USE, commands -> commands.expire(key, KEPT_SECONDS));
        }
    }

    private void ask() {
        List<String> names = others.get();
        read.keySet().retainAll(names.stream().map(name -> PREFIX + name).toList());
        if (names.isEmpty()) {
            return;
        }
        asking = true;
        @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type, as the client library wants it
        StreamOffset<String>[] from = names.stream().map(name -> PREFIX + name)
                .map(stream -> StreamOffset.from(stream, read.computeIfAbsent(stream, this::beginning)))
                .toArray(StreamOffset[]::new);
        redis.<List<StreamMessage<String, String>>>call(USE, commands ->
                commands.xread(XReadArgs.Builder.count(READ_AT_ONCE), from)).whenComplete((messages, failure) -> {
                    answer.set(messages == null ? failed : messages);
                    wake.run();
                });
    }

    private String beginning(String stream) {
        catchingUp.add(stream);
        return "0-0";
    }

    private void take(StreamMessage<String, String> message) {
        read.replace(message.getStream(), message.getId());
        String text = message.getBody().getOrDefault(FIELD, "");
        receivedBytes.add(text.length());
        try {
            boolean old = catchingUp.contains(message.getStream());
            PromptBatch.parse(text, seed.getAsLong(), ofAnotherSeed::add).forEach(prompt -> take(prompt, old));
        } catch (IllegalArgumentException e) {
            redis.unexpected(USE, message.getStream() + ": " + e.getMessage());
        }
    }

    private void take(PromptBatch.Prompt prompt, boolean old) {
        PodView endpoint = endpoints.endpoint(prompt.endpoint());
        int shard = endpoint == null ? -1 : shard(endpoint);
        if (endpoint != null && shard >= 0) {
            listener.sentElsewhere(shard, new KvEvent.Expected(endpoint, prompt.hashes(), old ? 0 : prompt.tokens()));
        }
    }

    /** The shard of an endpoint; -1 where it serves no model. */
    private int shard(PodView endpoint) {
        Fleet fleet = endpoints.fleet();
        if (shardsOf != fleet) {
            shardsOf = fleet;
            shards = new int[fleet.slots()];
            Arrays.fill(shards, -1);
            for (Model model : fleet.models()) {
                Candidates serving = model.endpoints();
                for (int i = 0; i < serving.size(); i++) {
                    shards[serving.get(i).slot()] = model.shard();
                }
            }
        }
        return shards[endpoint.slot()];
    }

    /** Whether an answer of Redis is awaited. */
    boolean asking() {
        return asking && answer.get() == null;
    }

    @Override
    public long restNanos(long nowNanos) {
        return asking ? WAITING_NANOS : period.restNanos(nowNanos);
    }

    @Override
    public void leave() {
        redis.call(USE, commands -> commands.del(key));
    }
}
