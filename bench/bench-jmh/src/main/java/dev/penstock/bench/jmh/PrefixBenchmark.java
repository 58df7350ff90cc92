package dev.penstock.bench.jmh;

import dev.penstock.routers.kvcache.index.PrefixIndex;
import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyScanner;
import dev.penstock.server.body.PrefixHasher;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A chat of 32 KB: its chained hashes over blocks of 128 bytes, and what 64 pods hold of it, in an index of a million
 * blocks. The yardstick is the hashes alone.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PrefixBenchmark {

    private static final int BLOCK_BYTES = 128;
    private static final int PROMPT_BYTES = 32_768;
    private static final int PODS = 64;
    private static final int BLOCKS = 1_000_000;

    /** A chat as it was read, and what a scan has found in it. */
    private record Chat(ByteBuf body, BodyFacts facts) {}

    /** An index that knows the chats, and many others. */
    @State(Scope.Thread)
    public static class Known {
        private final PrefixHasher hasher = new PrefixHasher(7);
        private final PrefixMatch match = new PrefixMatch();
        private final PrefixIndex index = new PrefixIndex(1L << 27);
        private final List<Chat> chats = new ArrayList<>();
        private int next;

        /** Sends chats to pods at random until there are a million blocks. */
        @Setup
        public void fill() {
            SplittableRandom random = new SplittableRandom(11);
            for (int i = 0; i < 64; i++) {
                chats.add(chat(random));
            }
            for (int pod = 0; pod < PODS; pod++) {
                index.capacity(pod, BLOCKS);
            }
            long nanos = 0;
            for (Chat chat : chats) {
                send(random.nextInt(PODS), hashes(chat), nanos++);
                send(random.nextInt(PODS), hashes(chat), nanos++);
            }
            while (index.size() < BLOCKS) {
                send(random.nextInt(PODS), random.longs(PROMPT_BYTES / BLOCK_BYTES).toArray(), nanos++);
            }
        }

        /** Gives the chats back. */
        @TearDown
        public void release() {
            chats.forEach(chat -> chat.body().release());
        }

        private void send(int pod, long[] hashes, long nanos) {
            if (index.wantsRoom()) {
                index.makeRoom();
            }
            index.match(hashes, match);
            index.use(pod, hashes, match, nanos);
        }

        private Chat next() {
            next = (next + 1) % chats.size();
            return chats.get(next);
        }

        private long[] hashes(Chat chat) {
            return hasher.hashes(chat.facts(), chat.body(), Api.CHAT_COMPLETIONS, "llama-3-8b", BLOCK_BYTES);
        }
    }

    private static Chat chat(SplittableRandom random) {
        StringBuilder text = new StringBuilder("{\"model\":\"llama-3-8b\",\"stream\":true,\"messages\":[{\"role\":"
                + "\"system\",\"content\":\"You are a helpful assistant.\"},{\"role\":\"user\",\"content\":\"");
        while (text.length() < PROMPT_BYTES) {
            text.append((char) random.nextInt('a', 'z' + 1));
        }
        byte[] bytes = text.append("\"}]}").toString().getBytes(StandardCharsets.UTF_8);
        ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
        // A scanner of its own: the facts are the scanner's.
        BodyScanner scanner = new BodyScanner(new ScanScratch());
        scanner.reset(false);
        scanner.scan(body);
        if (scanner.finish() != null) {
            throw new IllegalStateException("refused");
        }
        return new Chat(body, scanner.facts());
    }

    /** The hashes alone. */
    @Benchmark
    public long[] hash(Known known) {
        return known.hashes(known.next());
    }

    /** The hashes, and what each pod holds. */
    @Benchmark
    @Yardstick("PrefixBenchmark.hash")
    public int hashAndMatch(Known known) {
        known.index.match(known.hashes(known.next()), known.match);
        return known.match.most();
    }
}
