package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three replicas, one real Redis that fails, and every request accounted for. */
@Timeout(120)
class TraceFaultsIT {
    private static final long START = 1_700_000_000;
    private static final int REQUESTS = 200_000;
    private static final int WINDOWS = 20;
    private static final List<String> NAMES = List.of("llama-3-8b", "org/qwen:7b", "模型", "a{b}c", "a}b", "[x]*");

    private final SplittableRandom random = new SplittableRandom(Long.getLong("penstock.test.seed", 1));
    private final RedisServer server = RedisServer.start();
    private final List<TracedReplica> replicas = new ArrayList<>();

    @AfterEach
    void close() {
        replicas.forEach(TracedReplica::close);
        server.close();
    }

    private void start(int number) {
        for (int i = 0; i < number; i++) {
            replicas.add(new TracedReplica(server.url(), "replica-" + i, START));
        }
        replicas.forEach(replica -> replica.awaitUp(1));
    }

    /** Requests that come and go, and borders of windows between them at other moments for each replica. */
    private void requests(int number) {
        for (int i = 0; i < number; i++) {
            TracedReplica replica = replicas.get(random.nextInt(replicas.size()));
            String model = NAMES.get(random.nextInt(NAMES.size()));
            replica.began(model);
            if (random.nextInt(10) > 0) {
                replica.ended(model, random.nextInt(1, 5_000), random.nextInt(1, 500));
            }
            if (random.nextInt(1_000) == 0) {
                replica.pass(random.nextInt(500));
            }
        }
    }

    private void endWindow() {
        replicas.forEach(TracedReplica::endWindow);
    }

    /** Replicas have their own clocks; at the end they agree on a window that is over for all. */
    private void settle() {
        long latest = replicas.stream().mapToLong(TracedReplica::seconds).max().orElseThrow();
        replicas.forEach(replica -> {
            do {
                replica.endWindow();
            } while (replica.seconds() <= latest);
        });
        replicas.forEach(TracedReplica::settle);
    }

    private Map<String, long[]> inRedis() {
        RedisClient client = RedisClient.create(server.url());
        try {
            RedisCommands<String, String> redis = client.connect().sync();
            Map<String, long[]> sums = new TreeMap<>();
            for (String model : NAMES) {
                for (String key : told().keySet()) {
                    if (!key.startsWith("aibrix:" + model + "_request_trace_")) {
                        continue;
                    }
                    long at = Long.parseLong(key.substring(key.lastIndexOf('_') + 1));
                    OptimizerReader reader = new OptimizerReader(redis, model);
                    reader.poll(at).forEach(read -> sums.put(key, new long[] {read.values().get("meta_total_reqs"),
                        (long) read.loads().stream().mapToDouble(OptimizerReader.Load::frequency).sum()}));
                    assertThat(reader.dropped()).isEmpty();
                }
            }
            return sums;
        } finally {
            client.shutdown();
        }
    }

    private Map<String, long[]> told() {
        Map<String, long[]> sums = new TreeMap<>();
        for (TracedReplica replica : replicas) {
            replica.told().forEach((key, told) -> {
                long[] sum = sums.computeIfAbsent(key, any -> new long[2]);
                sum[0] += told.arrivals;
                sum[1] += told.completions;
            });
        }
        return sums;
    }

    private void assertEveryWindowAddsUp() {
        Map<String, long[]> expected = told();
        Map<String, long[]> found = inRedis();
        assertThat(found).containsOnlyKeys(expected.keySet());
        expected.forEach((key, sum) -> assertThat(found.get(key)).as(key).isEqualTo(sum));
        for (TracedReplica replica : replicas) {
            assertThat(replica.ring().droppedArrivals() + replica.ring().droppedCompletions()).isZero();
            assertThat(replica.written().lostWindows()).isZero();
        }
    }

    @Test
    void shouldAccountForEveryRequestThroughTwoCrashesAndThirtySecondsWithoutAnswers() {
        start(3);
        for (int window = 0; window < WINDOWS; window++) {
            switch (window) {
                case 4, 11 -> server.kill();
                case 6, 12 -> {
                    long before = replicas.getFirst().connections();
                    server.restart();
                    replicas.forEach(replica -> replica.awaitUp(before + 1));
                }
                case 14 -> server.hang();
                case 17 -> server.goOn();
                default -> {
                    // All is well, or not yet.
                }
            }
            requests(REQUESTS / WINDOWS);
            endWindow();
        }
        settle();

        assertThat(told().values().stream().mapToLong(sum -> sum[0]).sum()).isEqualTo(REQUESTS);
        assertEveryWindowAddsUp();
    }

    @Test
    void shouldSayExactlyWhatIsMissingWhereRedisWasAwayForTooLong() {
        start(2);
        server.kill();
        for (int window = 0; window < 80; window++) {
            requests(200);
            endWindow();
        }
        server.restart();
        replicas.forEach(replica -> replica.awaitUp(2));
        settle();

        long[] expected = sum(told());
        long[] found = sum(inRedis());
        long lostArrivals = replicas.stream().mapToLong(replica -> replica.written().lostArrivals()).sum();
        long lostCompletions = replicas.stream().mapToLong(replica -> replica.written().lostCompletions()).sum();
        assertThat(lostArrivals).isPositive();
        assertThat(found[0] + lostArrivals).isEqualTo(expected[0]);
        assertThat(found[1] + lostCompletions).isEqualTo(expected[1]);
        assertThat(replicas).allSatisfy(replica ->
                assertThat(replica.written().lostWindows()).isBetween(15L, 25L));
    }

    private static long[] sum(Map<String, long[]> windows) {
        long[] sum = new long[2];
        windows.values().forEach(each -> {
            sum[0] += each[0];
            sum[1] += each[1];
        });
        return sum;
    }

    @Test
    void shouldCountOnWhereAReplicaIsStartedAgainUnderItsName() {
        start(1);
        requests(1_000);
        replicas.getFirst().end();
        TracedReplica again = new TracedReplica(server.url(), "replica-0", START);
        replicas.add(again);
        again.awaitUp(1);
        for (int i = 0; i < 500; i++) {
            again.began(NAMES.getFirst());
        }
        again.endWindow();
        again.settle();

        assertEveryWindowAddsUp();
    }
}
