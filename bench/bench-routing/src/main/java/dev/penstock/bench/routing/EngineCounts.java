package dev.penstock.bench.routing;

/** What an engine has counted since it began. Confined to one thread. */
final class EngineCounts {

    /** One figure that only grows. Times are in seconds. */
    enum Count {
        /** Requests that have ended, their lengths, and how long they were where. */
        ENDED, PROMPT_TOKENS, ANSWER_TOKENS, QUEUE_SECONDS, PREFILL_SECONDS, DECODE_SECONDS, E2E_SECONDS,
        /** First tokens, how long they took since the request came to the engine, and tokens of their prompts. */
        FIRST_TOKENS, TTFT_SECONDS, PREFILLED_TOKENS,
        /** Tokens generated; those that follow another one, and how long after it they came. */
        GENERATED_TOKENS, NEXT_TOKENS, NEXT_TOKEN_SECONDS,
        /** Prompt tokens looked up in the KV cache, and those found. */
        LOOKED_UP_TOKENS, FOUND_TOKENS,
        /** Time in which the engine had anything to do. */
        BUSY_SECONDS
    }

    private static final int SIZE = Count.values().length;

    private final double[] totals;

    /** Nothing yet. */
    EngineCounts() {
        this(new double[SIZE]);
    }

    private EngineCounts(double[] totals) {
        this.totals = totals;
    }

    double of(Count count) {
        return totals[place(count)];
    }

    void add(Count count, double amount) {
        totals[place(count)] += amount;
    }

    EngineCounts copy() {
        return new EngineCounts(totals.clone());
    }

    @SuppressWarnings("EnumOrdinal") // totals are as many as counts, and lie in their order
    private static int place(Count count) {
        return count.ordinal();
    }
}
