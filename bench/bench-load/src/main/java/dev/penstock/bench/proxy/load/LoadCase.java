package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.BenchException;
import java.util.Arrays;

/** What one request of the benchmark looks like. All of them are chat completions; the engines shape the answers. */
public enum LoadCase {
    /** A body of 1 KB, answered at once with 1.5 KB. */
    JSON_1K("json-1k", 1_024, false),
    /** A body of 16 KB, answered at once with 1.5 KB. */
    JSON_16K("json-16k", 16_384, false),
    /** A body of 1 KB, answered with {@value #CHUNKS} server-sent events {@value #CHUNK_GAP_MILLIS} ms apart. */
    SSE("sse", 1_024, true);

    /** Events of a streamed answer. */
    public static final int CHUNKS = 64;
    /** Time between two events of a streamed answer. */
    public static final int CHUNK_GAP_MILLIS = 5;
    /** Time that a streamed answer takes at least. */
    public static final int STREAM_MILLIS = CHUNKS * CHUNK_GAP_MILLIS;
    /** Bytes of the body of an answer that is not streamed. */
    public static final int RESPONSE_BYTES = 1_536;
    /** Where every request goes. */
    public static final String PATH = "/v1/chat/completions";

    private static final String WORDS = "the gate lets the water of the lake fall into the turbine ";

    private final String id;
    private final int bodyBytes;
    private final boolean streaming;

    LoadCase(String id, int bodyBytes, boolean streaming) {
        this.id = id;
        this.bodyBytes = bodyBytes;
        this.streaming = streaming;
    }

    /** The case that users call {@code id}. */
    public static LoadCase of(String id) {
        return Arrays.stream(values())
                .filter(one -> one.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new BenchException("no case '" + id + "'; there are json-1k, json-16k, sse"));
    }

    /** What users call it. */
    public String id() {
        return id;
    }

    /** Whether the answer is a paced stream. */
    public boolean streaming() {
        return streaming;
    }

    /** The model that its requests name. Streams have one of their own, as engines of their own serve them. */
    public String model() {
        return streaming ? "bench-stream" : "bench";
    }

    /** The body of every request of this case: ASCII, as long as the case says, to the byte. */
    public String body() {
        String head = "{\"model\":\"" + model() + "\"," + (streaming ? "\"stream\":true," : "")
                + "\"max_tokens\":" + CHUNKS + ",\"messages\":[{\"role\":\"user\",\"content\":\"";
        String tail = "\"}]}";
        int room = bodyBytes - head.length() - tail.length();
        return head + WORDS.repeat(room / WORDS.length() + 1).substring(0, room) + tail;
    }
}
