package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.redis.RedisFailure;
import dev.penstock.cache.redis.RedisFailures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RedisTracesTest {
    private static final long START = 1_700_000_000;

    /** A Redis by hand: what is put waits for an answer. */
    private static final class ByHand implements TraceRecords {
        private record Put(long end, ModelTrace trace, CompletableFuture<String> answer) {}

        private final List<Put> puts = new ArrayList<>();
        private final Map<String, ModelTrace> kept = new HashMap<>();
        private boolean up = true;
        private long connections = 1;

        @Override
        public boolean up() {
            return up;
        }

        @Override
        public long connections() {
            return connections;
        }

        @Override
        public CompletionStage<?> put(long end, ModelTrace trace) {
            Put put = new Put(end, trace, new CompletableFuture<>());
            puts.add(put);
            return put.answer();
        }

        void answer() {
            List<Put> all = List.copyOf(puts);
            puts.clear();
            for (Put put : all) {
                kept.put(put.trace().model() + put.end(), put.trace());
                put.answer().complete("OK");
            }
        }

        void fail(RedisFailure.Kind kind) {
            List<Put> all = List.copyOf(puts);
            puts.clear();
            all.forEach(put -> put.answer().completeExceptionally(RedisFailures.of(kind)));
        }

        List<Long> ends() {
            return puts.stream().map(Put::end).toList();
        }
    }

    private final ByHand redis = new ByHand();
    private long seconds = START;
    private long nanos;
    private final RedisTraces traces = new RedisTraces(redis, () -> Instant.ofEpochSecond(seconds), () -> nanos);

    private static ModelTrace trace(String model, long arrivals) {
        return new ModelTrace(model, arrivals, 0, 0, new TreeMap<>(Map.of("10:10", 2 * arrivals)));
    }

    private void write(long end, long arrivals) {
        traces.write(new TraceWindow(end, List.of(trace("m", arrivals))));
    }

    private void pass(long by) {
        seconds += by;
        nanos += TimeUnit.SECONDS.toNanos(by);
        traces.doWork();
    }

    @Test
    void shouldWriteEachRecordOnce() {
        write(START, 3);
        traces.doWork();
        traces.doWork();
        assertThat(redis.ends()).containsExactly(START);
        redis.answer();
        traces.doWork();
        assertThat(redis.puts).isEmpty();
        assertThat(traces.unwritten()).isZero();
        assertThat(redis.kept.get("m" + START)).isEqualTo(trace("m", 3));
        write(START, 3);
        traces.doWork();
        assertThat(redis.puts).as("as it is there").isEmpty();
    }

    @Test
    void shouldWriteWhatHasChangedWhileItWasUnderWay() {
        write(START, 3);
        traces.doWork();
        write(START, 4);
        traces.doWork();
        assertThat(redis.puts).as("one after the other").hasSize(1);
        redis.answer();
        traces.doWork();
        redis.answer();
        traces.doWork();
        assertThat(redis.kept.get("m" + START)).isEqualTo(trace("m", 4));
        assertThat(traces.unwritten()).isZero();
    }

    @Test
    void shouldWriteTheNewestWindowFirst() {
        redis.up = false;
        for (int i = 0; i < 5; i++) {
            write(START + 10L * i, 1);
        }
        traces.doWork();
        assertThat(redis.puts).isEmpty();
        redis.up = true;
        traces.doWork();
        assertThat(redis.ends()).containsExactly(START + 40, START + 30, START + 20, START + 10, START);
    }

    @Test
    void shouldTryAgainAndOneAtATimeWhileItFails() {
        write(START, 1);
        write(START + 10, 1);
        traces.doWork();
        redis.fail(RedisFailure.Kind.TIMEOUT);
        traces.doWork();
        assertThat(redis.puts).as("a rest after a failure").isEmpty();
        pass(1);
        assertThat(redis.ends()).containsExactly(START + 10);
        redis.fail(RedisFailure.Kind.LOADING);
        traces.doWork();
        pass(1);
        assertThat(redis.ends()).hasSize(1);
        redis.answer();
        traces.doWork();
        redis.answer();
        traces.doWork();
        assertThat(redis.kept).hasSize(2);
        assertThat(traces.unwritten()).isZero();
        assertThat(traces.lostWindows()).isZero();
    }

    @Test
    void shouldNotLetOneKeyThatIsRefusedKeepTheOthers() {
        for (int i = 0; i < 4; i++) {
            traces.write(new TraceWindow(START, List.of(trace("bad", 1))));
            traces.doWork();
            redis.fail(RedisFailure.Kind.WRONGTYPE);
            traces.doWork();
            write(START + 10L * i, 1);
            traces.doWork();
            redis.answer();
            pass(1);
        }
        assertThat(redis.kept).hasSize(4);
        assertThat(redis.puts).extracting(put -> put.trace().model()).containsExactly("bad");
    }

    @Test
    void shouldWriteEverythingOnceMoreOnANewConnection() {
        for (int i = 0; i < 6; i++) {
            write(START + 10L * i, 1 + i);
        }
        traces.doWork();
        redis.answer();
        traces.doWork();
        Map<String, ModelTrace> before = Map.copyOf(redis.kept);
        redis.kept.clear();
        redis.connections++;
        traces.doWork();
        redis.answer();
        traces.doWork();
        assertThat(redis.kept).hasSize(6).isEqualTo(before);
        assertThat(traces.unwritten()).isZero();
    }

    @Test
    void shouldNotTakeTheWordOfAConnectionThatIsGone() {
        traces.doWork();
        write(START, 1);
        traces.doWork();
        redis.connections++;
        redis.answer();
        redis.kept.clear();
        traces.doWork();
        traces.doWork();
        redis.answer();
        traces.doWork();
        assertThat(redis.kept).hasSize(1);
        assertThat(traces.unwritten()).isZero();
    }

    @Test
    void shouldGiveUpWhatRedisWouldHaveForgottenAndCountIt() {
        write(START, 3);
        traces.doWork();
        redis.answer();
        traces.doWork();
        redis.up = false;
        write(START, 5);
        pass(10);
        write(START + 10, 7);
        pass(589);
        assertThat(traces.lostWindows()).isZero();
        pass(1);
        assertThat(traces.lostWindows()).isEqualTo(1);
        assertThat(traces.lostArrivals()).as("of five, three are written").isEqualTo(2);
        assertThat(traces.lostCompletions()).isEqualTo(4);
        pass(10);
        assertThat(traces.lostWindows()).isEqualTo(2);
        assertThat(traces.lostArrivals()).isEqualTo(9);
        assertThat(traces.lostCompletions()).isEqualTo(18);
        assertThat(traces.kept()).isZero();
        redis.up = true;
        pass(1);
        assertThat(redis.puts).isEmpty();
    }

    @Test
    void shouldForgetWhatIsWrittenWithoutCountingIt() {
        write(START, 3);
        traces.doWork();
        redis.answer();
        pass(600);
        assertThat(traces.kept()).isZero();
        assertThat(traces.lostWindows()).isZero();
    }

    @Test
    void shouldKeepTenMinutesAtMost() {
        redis.up = false;
        for (int i = 0; i < 360; i++) {
            write(START + 10L * i, 1);
            traces.doWork();
            assertThat(traces.kept()).isLessThanOrEqualTo(RedisTraces.WINDOWS);
        }
        assertThat(traces.lostWindows()).isEqualTo(300);
        assertThat(traces.lostArrivals() + traces.kept()).isEqualTo(360);
    }

    @Test
    void shouldKeepOnlySoManyRecordsWhateverTheNumberOfModels() {
        redis.up = false;
        List<ModelTrace> models = new ArrayList<>();
        for (int i = 0; i < RedisTraces.RECORDS / 10; i++) {
            models.add(trace("m" + i, 1));
        }
        for (int i = 0; i < 30; i++) {
            traces.write(new TraceWindow(START + 10L * i, models));
            traces.doWork();
        }
        assertThat(traces.kept()).isEqualTo(RedisTraces.RECORDS);
        assertThat(traces.lostWindows()).isEqualTo(20);
        assertThat(traces.unwritten()).isEqualTo(RedisTraces.RECORDS);
    }

    @Test
    void shouldCountAtItsEndWhatIsNotWritten() {
        write(START, 3);
        redis.up = false;
        traces.close();
        assertThat(traces.lostWindows()).isEqualTo(1);
        assertThat(traces.lostArrivals()).isEqualTo(3);
        assertThat(traces.lostCompletions()).isEqualTo(6);
    }
}
