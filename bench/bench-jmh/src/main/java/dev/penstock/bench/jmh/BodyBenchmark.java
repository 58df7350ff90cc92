package dev.penstock.bench.jmh;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyPatch;
import dev.penstock.server.body.BodyScanner;
import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
 * The body of a chat completion: finding model, stream and limits in it, and asking for usage in the client's place.
 * Beside Jackson: its streaming parser, which looks at each token, and its tree, which is written again.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BodyBenchmark {

    /** One body, as it was read. */
    @State(Scope.Thread)
    public static class Body {
        /** Its length, about. */
        @Param({"1024", "16384", "245760"})
        public int bytes;

        private final BodyScanner scanner = new BodyScanner(new ScanScratch());
        private final JsonFactory json = new JsonFactory();
        private final ObjectMapper tree = new ObjectMapper(json);
        private byte[] array = {};
        private ByteBuf body;

        /** Writes a conversation of a client and an assistant. */
        @Setup
        public void write() {
            StringBuilder text = new StringBuilder("{\"model\":\"llama-3-8b\",\"stream\":true,\"max_tokens\":256,"
                    + "\"messages\":[{\"role\":\"system\",\"content\":\"You are a helpful assistant.\"}");
            String turn = "Tell me about the water that comes down the pipe, \\\"and why\\\", in two lines:\\n"
                    + "one about its weight, one about the gate that holds it back until it is wanted. ";
            while (text.length() < bytes - 100) {
                text.append(",{\"role\":\"user\",\"content\":\"")
                        .append(turn.repeat(Math.clamp((bytes - text.length()) / turn.length() - 1, 1, 10)))
                        .append("\"}");
            }
            array = text.append("],\"temperature\":0.7}").toString().getBytes(StandardCharsets.UTF_8);
            body = PooledByteBufAllocator.DEFAULT.directBuffer(array.length).writeBytes(array);
        }

        /** Gives the body back. */
        @TearDown
        public void release() {
            body.release();
        }

        private BodyFacts scan() {
            scanner.reset(false);
            scanner.scan(body);
            if (scanner.finish() != null) {
                throw new IllegalStateException("refused");
            }
            return scanner.facts();
        }
    }

    /** Our scan. */
    @Benchmark
    @Yardstick("BodyBenchmark.jacksonScan")
    public BodyFacts scan(Body body) {
        return body.scan();
    }

    /** Our scan, and the edit that asks for usage. */
    @Benchmark
    @Yardstick("BodyBenchmark.jacksonPatch")
    public int scanAndPatch(Body body) {
        ByteBuf patched = BodyPatch.includeUsage(body.scan()).apply(body.body, PooledByteBufAllocator.DEFAULT);
        int length = patched.readableBytes();
        patched.release();
        return length;
    }

    /** Jackson's streaming parser. */
    @Benchmark
    public @Nullable String jacksonScan(Body body) throws IOException {
        String model = null;
        boolean stream = false;
        int depth = 0;
        try (JsonParser parser = body.json.createParser(body.array)) {
            JsonToken token;
            while ((token = parser.nextToken()) != null) {
                if (token.isStructStart()) {
                    depth++;
                } else if (token.isStructEnd()) {
                    depth--;
                } else if (depth == 1 && token == JsonToken.FIELD_NAME) {
                    switch (parser.currentName()) {
                        case "model" -> model = parser.nextTextValue();
                        case "stream" -> stream = Boolean.TRUE.equals(parser.nextBooleanValue());
                        default -> { }
                    }
                }
            }
        }
        return stream ? model : null;
    }

    /** Jackson's tree, changed and written again. */
    @Benchmark
    public int jacksonPatch(Body body) throws IOException {
        JsonNode root = body.tree.readTree(body.array);
        ((ObjectNode) root).putObject("stream_options").put("include_usage", true);
        return body.tree.writeValueAsBytes(root).length;
    }
}
