package dev.penstock.spi;

/**
 * What a router decided; the proxy carries it out. A plan that the host cannot carry out is an invalid answer. More
 * kinds may be added: a {@code switch} over them keeps a {@code default}.
 */
public sealed interface Plan {

    /** The endpoint that the client's answer comes from. */
    PodView endpoint();

    /**
     * The endpoint that computes the prompt, and keeps what it has computed of it in its KV cache.
     *
     * @since 1.2
     */
    default PodView prefill() {
        return endpoint();
    }

    /**
     * The request goes to one endpoint.
     *
     * @param endpoint where it goes
     */
    record Single(PodView endpoint) implements Plan {}

    /**
     * The prompt is computed at one endpoint, the answer generated at another one. Both must be candidates, and not
     * the same; both are reserved in one step. Where one fails before the client has got a byte, the router is asked
     * for another pair, and the endpoint that failed is no candidate any more.
     *
     * @param prefill where the prompt goes first
     * @param decode where the answer comes from
     * @param connector how the KV cache goes from the one to the other: {@code shfs}, {@code nixl}, {@code mooncake},
     *     {@code sglang} or {@code trtllm}; with any other word, engines see to it themselves
     */
    record PrefillDecode(PodView prefill, PodView decode, String connector) implements Plan {
        @Override
        public PodView endpoint() {
            return decode;
        }
    }
}
