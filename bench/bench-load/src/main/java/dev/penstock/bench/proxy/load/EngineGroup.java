package dev.penstock.bench.proxy.load;

/** A group of equal engines behind every proxy. An engine that answers without computing has one answer. */
public enum EngineGroup {
    /** Four that answer at once. */
    JSON("json", "bench", 4, "json:" + LoadCase.RESPONSE_BYTES, 0, 0),
    /** Four that stream. */
    STREAM("sse", "bench-stream", 4, "sse:" + LoadCase.CHUNKS + ":" + LoadCase.CHUNK_GAP_MILLIS, LoadCase.CHUNKS,
            LoadCase.CHUNK_GAP_MILLIS),
    /** Four that stream for long. */
    LONG("long", "bench-long", 4, "sse:500:5", 500, 5),
    /** Two hundred that answer at once and close a connection that idles as vLLM does: after 5 s, unannounced. */
    MANY("many", "bench-many", 200, "json:" + LoadCase.RESPONSE_BYTES, 0, 0);

    private final String id;
    private final String model;
    private final int count;
    private final String answer;
    private final int chunks;
    private final int gapMillis;

    EngineGroup(String id, String model, int count, String answer, int chunks, int gapMillis) {
        this.id = id;
        this.model = model;
        this.count = count;
        this.answer = answer;
        this.chunks = chunks;
        this.gapMillis = gapMillis;
    }

    /** What configurations call it. */
    public String id() {
        return id;
    }

    /** The model that its engines serve. */
    public String model() {
        return model;
    }

    /** How many engines it has. */
    public int count() {
        return count;
    }

    /** Its answer, as the simulator's {@code --instant} takes it. */
    public String answer() {
        return answer;
    }

    /** Whether its answers are paced streams. */
    public boolean streaming() {
        return chunks > 0;
    }

    /** Whether its engines close idle connections after 5 s and do not say so, in place of keeping them. */
    public boolean closesIdle() {
        return this == MANY;
    }

    /** Time that one answer takes at least, in milliseconds. */
    public int streamMillis() {
        return chunks * gapMillis;
    }
}
