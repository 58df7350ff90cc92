package dev.penstock.bench.jmh;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyScanner;
import dev.penstock.server.body.PrefixHasher;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.spi.Api;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * From a prompt of 32 KB to the share of it that each of 64 pods has cached, hashing included, in an index of many
 * blocks. The yardstick is the chained hash of the same bytes and nothing else.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PrefixBenchmark {

    private static final int PODS = 64;
    private static final int BLOCK_BYTES = 128;
    private static final int PROMPT_BYTES = 32_768;
    private static final int BLOCKS = PROMPT_BYTES / BLOCK_BYTES;
    private static final int CACHED = 200;

    /** An index, and a prompt of which some pods have the beginning. */
    @State(Scope.Benchmark)
    public static class Index {
        /** Blocks of prompts that pods have. */
        @Param("1000000")
        public int blocks;

        private TestShard shard;
        private ByteBuf body;
        private BodyFacts facts;
        private PrefixHasher hasher;
        private Scorer scorer;
        private Candidates candidates;
        private double[] scores;

        /** Makes both. */
        @Setup
        public void fill() {
            Lender lender = new Lender();
            shard = TestShard.builder().router(BenchStrategies.provider("prefix-match"),
                    Map.of("index-bytes", "268435456")).router(lender).build();
            for (int i = 0; i < PODS; i++) {
                shard.fleet().add("pod-" + i);
            }
            hasher = new PrefixHasher(1);
            body = body();
            facts = facts(body);
            SplittableRandom random = new SplittableRandom(1);
            send(hasher.hashes(facts, body, Api.CHAT_COMPLETIONS, "m", BLOCK_BYTES), random);
            for (int sent = 0; sent < blocks; sent += BLOCKS) {
                route(random.longs(BLOCKS).toArray());
            }
            scorer = Objects.requireNonNull(lender.lent, "no prefix-match");
            candidates = Objects.requireNonNull(lender.candidates, "no candidates");
            scores = new double[PODS];
        }

        /** Some pods have much of the prompt, some little. */
        private void send(long[] hashes, SplittableRandom random) {
            for (int i = 0; i < PODS / 4; i++) {
                route(Arrays.copyOf(hashes, i == 0 ? CACHED : random.nextInt(1, CACHED)));
            }
        }

        private void route(long[] hashes) {
            Routed routed = shard.route(Lender.NAME, FakeRequest.plain().withPrefixHashes(hashes));
            routed.ended(new Usage(1, 1));
            shard.advance(Duration.ofMillis(1));
        }

        /** Ends it, and sees to it that there was something to find. */
        @TearDown
        public void stop() {
            body.release();
            shard.close();
            if (Arrays.stream(scores).max().orElse(0) < 0.5) {
                throw new IllegalStateException("nothing was found");
            }
        }
    }

    private static ByteBuf body() {
        String text = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "Tell me of the turbines. ".repeat(PROMPT_BYTES / 25 + 4) + "\"}]}";
        return ByteBufAllocator.DEFAULT.buffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static BodyFacts facts(ByteBuf body) {
        BodyScanner scanner = new BodyScanner(new ScanScratch());
        scanner.reset(false);
        scanner.scan(body);
        if (scanner.finish() != null) {
            throw new IllegalStateException("no chat");
        }
        return scanner.facts();
    }

    /** Hashes the prompt and finds how much of it is where. */
    @Benchmark
    @Yardstick("PrefixBenchmark.chainedHash")
    public double[] match(Index state) {
        long[] hashes = state.hasher.hashes(state.facts, state.body, Api.CHAT_COMPLETIONS, "m", BLOCK_BYTES);
        state.scorer.score(new Asked(FakeRequest.plain().withPrefixHashes(hashes), state.candidates), state.scores);
        return state.scores;
    }

    /** Hashes as many bytes in blocks, each hash with the one before it. */
    @Benchmark
    public long chainedHash(Bytes state) {
        long last = 0;
        for (int at = 0; at < PROMPT_BYTES; at += BLOCK_BYTES) {
            last = state.hasher.hashLongLongToLong(last, state.hasher.hashBytesToLong(state.bytes, at, BLOCK_BYTES));
        }
        return last;
    }

    /** The bytes of a prompt. */
    @State(Scope.Benchmark)
    public static class Bytes {
        private final Hasher64 hasher = Hashing.xxh3_64(1);
        private final byte[] bytes = new byte[PROMPT_BYTES];

        /** Fills them. */
        @Setup
        public void fill() {
            new SplittableRandom(1).nextBytes(bytes);
        }
    }

    /** Takes the pods in turn, and remembers what the shard lends. */
    private static final class Lender implements RouterProvider {
        private static final String NAME = "lender";
        private @Nullable Scorer lent;
        private @Nullable Candidates candidates;
        private int next;

        @Override
        public String name() {
            return NAME;
        }

        @Override
        public Router create(RouterEnvironment environment) {
            lent = environment.scorer("prefix-match");
            return context -> {
                candidates = context.candidates();
                context.select(context.candidates().get(next++ % context.candidates().size()));
            };
        }
    }

    /** A request and the pods that it may go to, and nothing else that a scorer of prefixes asks for. */
    private record Asked(RoutingRequest request, Candidates candidates) implements RoutingContext {

        @Override
        public Snapshot snapshot() {
            throw new UnsupportedOperationException();
        }

        @Override
        public PodLoad load() {
            throw new UnsupportedOperationException();
        }

        @Override
        public long deadlineNanos() {
            return Long.MAX_VALUE;
        }

        @Override
        public int attempt() {
            return 0;
        }

        @Override
        public List<String> strategies() {
            return List.of();
        }

        @Override
        public boolean select(Plan plan) {
            return false;
        }

        @Override
        public boolean abstain(String reason) {
            return false;
        }

        @Override
        public boolean fail(ErrorCode error) {
            return false;
        }

        @Override
        public boolean revoked() {
            return false;
        }

        @Override
        public void responseHeader(String name, String value) {
            throw new UnsupportedOperationException();
        }
    }
}
