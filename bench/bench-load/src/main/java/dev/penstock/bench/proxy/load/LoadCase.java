package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.BenchException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What one request of the benchmark looks like. All of them are chat completions; the engines shape the answers. */
public enum LoadCase {
    /** A body of 1 KB, answered at once with 1.5 KB. */
    JSON_1K("json-1k", 1_024, EngineGroup.JSON),
    /** A body of 16 KB, answered at once with 1.5 KB. */
    JSON_16K("json-16k", 16_384, EngineGroup.JSON),
    /** A body of 1 KB, answered with {@value #CHUNKS} server-sent events {@value #CHUNK_GAP_MILLIS} ms apart. */
    SSE("sse", 1_024, EngineGroup.STREAM),
    /** {@link #JSON_1K} over TLS. */
    TLS("tls", 1_024, EngineGroup.JSON, Wire.TLS, Pace.FULL),
    /** The same with a handshake for each request. */
    TLS_HANDSHAKE("tls-handshake", 1_024, EngineGroup.JSON, Wire.TLS, Pace.FRESH),
    /** {@link #JSON_1K} over HTTP/2. */
    H2("h2", 1_024, EngineGroup.JSON, Wire.H2C, Pace.FULL),
    /** {@link #SSE} over HTTP/2. */
    H2_SSE("h2-sse", 1_024, EngineGroup.STREAM, Wire.H2C, Pace.FULL),
    /** A prompt of 240 KB, answered with 500 server-sent events. */
    PROMPT_240K("prompt-240k", 245_760, EngineGroup.LONG),
    /** {@link #JSON_1K} to two hundred engines, few at a time. */
    ENGINES_200("engines-200", 1_024, EngineGroup.MANY, Wire.PLAIN, Pace.LOW),
    /** {@link #JSON_1K} at half of saturation, for its latency. */
    LATENCY("latency", 1_024, EngineGroup.JSON, Wire.PLAIN, Pace.HALF);

    /** Events of a streamed answer of {@link #SSE}. */
    public static final int CHUNKS = 64;
    /** Time between two events of a streamed answer of {@link #SSE}. */
    public static final int CHUNK_GAP_MILLIS = 5;
    /** Bytes of the body of an answer that is not streamed. */
    public static final int RESPONSE_BYTES = 1_536;
    /** Where every request goes. */
    public static final String PATH = "/v1/chat/completions";

    private static final String WORDS = "the gate lets the water of the lake fall into the turbine ";

    private final String id;
    private final int bodyBytes;
    private final EngineGroup engines;
    private final Wire wire;
    private final Pace pace;

    LoadCase(String id, int bodyBytes, EngineGroup engines) {
        this(id, bodyBytes, engines, Wire.PLAIN, Pace.FULL);
    }

    LoadCase(String id, int bodyBytes, EngineGroup engines, Wire wire, Pace pace) {
        this.id = id;
        this.bodyBytes = bodyBytes;
        this.engines = engines;
        this.wire = wire;
        this.pace = pace;
    }

    /** The case that users call {@code id}. */
    public static LoadCase of(String id) {
        return Arrays.stream(values())
                .filter(one -> one.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new BenchException("no case '" + id + "'; there are " + ids()));
    }

    /** What users call all of them, for a sentence. */
    public static String ids() {
        return Arrays.stream(values()).map(LoadCase::id).collect(Collectors.joining(", "));
    }

    /** What users call it. */
    public String id() {
        return id;
    }

    /** The way it takes through a proxy. */
    public Lane lane() {
        return new Lane(engines, wire);
    }

    /** When its requests are made. */
    public Pace pace() {
        return pace;
    }

    /** Whether the answer is a paced stream. */
    public boolean streaming() {
        return engines.streaming();
    }

    /** Whether it is measured at every number of connections, and not only at the smallest. */
    public boolean atEveryCount() {
        return this == JSON_1K || this == JSON_16K || this == SSE;
    }

    /** The model that its requests name. */
    public String model() {
        return engines.model();
    }

    /** The body of every request of this case: ASCII, as long as the case says, to the byte. */
    public String body() {
        String head = "{\"model\":\"" + model() + "\"," + (streaming() ? "\"stream\":true," : "")
                + "\"max_tokens\":" + CHUNKS + ",\"messages\":[{\"role\":\"user\",\"content\":\"";
        String tail = "\"}]}";
        int room = bodyBytes - head.length() - tail.length();
        return head + WORDS.repeat(room / WORDS.length() + 1).substring(0, room) + tail;
    }
}
