package dev.penstock.cache.replica;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.redis.KeySearch;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.model.Fleet;
import dev.penstock.spi.PodView;
import io.lettuce.core.KeyValue;
import java.time.Clock;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells gateways of AIBrix what this process has in flight, in their form, and learns what they have: a hash for each
 * gateway and pod that lives for half a second. A write for each busy pod and a read for each of theirs, ten times a
 * second: for the time in which both serve one fleet. Confined to {@code lb-replica}.
 */
final class AibrixShare implements ReplicaTask {

    static final String PREFIX = "aibrix:pod:";
    /** How the names of our processes begin there; what begins so is not read, for it comes the other way, too. */
    static final String OURS = "penstock-";

    private static final String USE = "in-flight";
    private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long SCAN_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LIFE_MILLIS = 500;
    private static final int MOST_KEYS = 10_000;
    private static final int MOST_REQUESTS = 10_000_000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    /** What gateways of AIBrix have at a pod. */
    private record Foreign(String pod, String uid, int requests) {}

    /** What a turn has found, where Redis has answered: the keys that there are, and what they hold. */
    private record Found(boolean answered, Set<String> keys, List<Foreign> foreign) {
        static final Found NOTHING = new Found(false, Set.of(), List.of());
    }

    private final Redis redis;
    private final EndpointIds endpoints;
    private final FigureColumns figures;
    private final Clock clock;
    private final Runnable wake;
    private final String gateway;
    private final long expireNanos;
    private final Period period;
    private final Period scanning;
    private final AtomicReference<@Nullable Found> answer = new AtomicReference<>();
    // Pods that had requests at the last turn: they are told once that they have none.
    private Set<String> told = new HashSet<>();
    private Set<String> keys = Set.of();
    private LoadReport report = LoadReport.EMPTY;
    private long foundNanos;
    private int changes;
    private boolean asking;

    AibrixShare(ReplicaParts parts, EndpointIds endpoints, Clock clock) {
        this.redis = parts.redis();
        this.endpoints = endpoints;
        this.figures = parts.figures();
        this.clock = clock;
        this.wake = parts.wake();
        // Colons divide the parts of a key.
        gateway = OURS + parts.self().replace(':', '-').replace('/', '-');
        expireNanos = parts.settings().expireNanos();
        long now = parts.clock().nanoTime();
        period = new Period(PERIOD_NANOS, gateway.hashCode(), now);
        scanning = new Period(SCAN_NANOS, gateway.hashCode(), now);
        foundNanos = now;
    }

    /** What gateways of AIBrix have in flight. */
    LoadReport report() {
        return report;
    }

    /** Another number whenever the report is another one. */
    int changes() {
        return changes;
    }

    @Override
    public int doWork(long nowNanos) {
        Found found = answer.getAndSet(null);
        if (found != null) {
            asking = false;
            if (found.answered()) {
                keys = found.keys();
                foundNanos = nowNanos;
                show(report(found.foreign()));
            }
        }
        if (report.size() > 0 && nowNanos - foundNanos > expireNanos) {
            show(LoadReport.EMPTY);
        }
        boolean turn = !asking && period.due(nowNanos);
        if (turn) {
            period.begin(nowNanos);
            tell();
            ask(nowNanos);
        }
        return found != null || turn ? 1 : 0;
    }

    private void show(LoadReport next) {
        report = next;
        changes++;
    }

    // ---- telling

    private void tell() {
        Map<String, List<PodView>> busy = new HashMap<>();
        Fleet fleet = endpoints.fleet();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null && (figures.inFlightLocal(endpoint) > 0 || told.contains(pod(endpoint)))) {
                busy.computeIfAbsent(pod(endpoint), any -> new ArrayList<>()).add(endpoint);
            }
        }
        Set<String> next = new HashSet<>();
        String time = TIME.format(LocalTime.now(clock));
        busy.forEach((pod, serving) -> {
            int requests = serving.stream().mapToInt(figures::inFlightLocal).sum();
            long completed = serving.stream().mapToLong(figures.loads()::completed).sum();
            PodView one = serving.getFirst();
            String key = PREFIX + gateway + ':' + pod;
            redis.call(USE, commands -> commands.hset(key, Map.of("gateway_instance_id", gateway, "pod_uid", one.uid(),
                    "pod_name", one.name(), "namespace", one.namespace(), "node_name", "", "requests_running",
                    Integer.toString(requests), "seq", Long.toString(completed), "update_time", time)));
            redis.call(USE, commands -> commands.pexpire(key, LIFE_MILLIS));
            if (requests > 0) {
                next.add(pod);
            }
        });
        told = next;
    }

    private static String pod(PodView endpoint) {
        return endpoint.namespace() + ':' + endpoint.name();
    }

    // ---- asking

    private void ask(long nowNanos) {
        asking = true;
        Set<String> known = keys;
        CompletionStage<Set<String>> current;
        if (scanning.due(nowNanos)) {
            scanning.begin(nowNanos);
            // One that fails leaves the keys that were known.
            current = new KeySearch(redis, USE, PREFIX + '*', MOST_KEYS).find()
                    .thenApply(AibrixShare::foreign).exceptionally(failure -> known);
        } else {
            current = CompletableFuture.completedFuture(known);
        }
        current.thenCompose(this::read).whenComplete((found, failure) -> {
            answer.set(found == null ? Found.NOTHING : found);
            wake.run();
        });
    }

    private static Set<String> foreign(Set<String> found) {
        return found.stream().filter(key -> !key.startsWith(OURS, PREFIX.length())).collect(Collectors.toSet());
    }

    private CompletionStage<Found> read(Set<String> from) {
        List<String> names = List.copyOf(from);
        List<CompletableFuture<List<KeyValue<String, String>>>> values = new ArrayList<>();
        for (String key : names) {
            values.add(redis.<List<KeyValue<String, String>>>call(USE, commands ->
                    commands.hmget(key, "requests_running", "pod_uid")).toCompletableFuture());
        }
        return CompletableFuture.allOf(values.toArray(CompletableFuture<?>[]::new)).handle((all, failure) -> {
            Set<String> there = new HashSet<>();
            List<Foreign> foreign = new ArrayList<>();
            boolean any = names.isEmpty();
            for (int i = 0; i < names.size(); i++) {
                CompletableFuture<List<KeyValue<String, String>>> value = values.get(i);
                any |= !value.isCompletedExceptionally();
                if (value.isCompletedExceptionally() || value.join().getFirst().hasValue()) {
                    there.add(names.get(i));
                }
                if (!value.isCompletedExceptionally()) {
                    add(names.get(i), value.join(), foreign);
                }
            }
            return new Found(any, there, foreign);
        });
    }

    private void add(String key, List<KeyValue<String, String>> values, List<Foreign> foreign) {
        String running = values.get(0).getValueOrElse("");
        int name = key.lastIndexOf(':');
        int namespace = key.lastIndexOf(':', name - 1);
        if (running.isEmpty()) {
            return;
        }
        int requests = requests(running);
        if (requests < 0 || namespace < PREFIX.length()) {
            redis.unexpected(USE, key + ": expected a number of requests_running, and a key that names a pod");
        } else if (requests > 0) {
            foreign.add(new Foreign(key.substring(namespace + 1), values.get(1).getValueOrElse(""), requests));
        }
    }

    private static int requests(String text) {
        try {
            // A number with a decimal point is one for AIBrix's own reader, too.
            double number = Double.parseDouble(text);
            return number >= 0 && number <= MOST_REQUESTS ? (int) number : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The same by endpoint: what is told of a pod is spread over its endpoints. */
    private LoadReport report(List<Foreign> foreign) {
        if (foreign.isEmpty()) {
            return LoadReport.EMPTY;
        }
        Map<String, List<Integer>> slots = new HashMap<>();
        Fleet fleet = endpoints.fleet();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            if (endpoint != null) {
                slots.computeIfAbsent(pod(endpoint), any -> new ArrayList<>()).add(slot);
            }
        }
        LoadReport made = LoadReport.empty();
        for (Foreign each : foreign) {
            List<Integer> serving = slots.getOrDefault(each.pod(), List.of());
            for (int i = 0; i < serving.size(); i++) {
                int slot = serving.get(i);
                PodView endpoint = fleet.endpoint(slot);
                if (endpoint != null && (each.uid().isEmpty() || each.uid().equals(endpoint.uid()))) {
                    int share = each.requests() / serving.size() + (i < each.requests() % serving.size() ? 1 : 0);
                    made.add(endpoints.id(slot), share, 0);
                }
            }
        }
        return made;
    }

    /** Whether an answer of Redis is awaited. */
    boolean asking() {
        return asking && answer.get() == null;
    }

    @Override
    public long restNanos(long nowNanos) {
        return asking ? WAITING_NANOS : period.restNanos(nowNanos);
    }
}
