package dev.penstock.bench.sim;

import java.util.Locale;

/** How engines hand a computed prompt over to each other. */
public enum KvConnector {
    /** vLLM: the answer's {@code kv_transfer_params} come back with the host of the prefill engine. */
    SHFS,
    /** vLLM: the whole answer comes back as {@code disagg_prefill_resp}. */
    NIXL,
    /** vLLM: both requests have the same {@code transfer_id}; the answer says nothing. */
    MOONCAKE,
    /** SGLang: both requests come at once, and meet in a {@code bootstrap_room}. */
    SGLANG,
    /** TensorRT-LLM: {@code disaggregated_params}, and the prompt as tokens. */
    TRTLLM;

    /**
     * Reads its name.
     *
     * @throws IllegalArgumentException if it is none; the message says what was expected
     */
    public static KvConnector parse(String text) {
        for (KvConnector connector : values()) {
            if (connector.name().equalsIgnoreCase(text.trim())) {
                return connector;
            }
        }
        throw new IllegalArgumentException("connector: " + text
                + " (expected: shfs, nixl, mooncake, sglang or trtllm)");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
