package dev.penstock.spi;

/**
 * What a router decided; the proxy carries it out. A plan that the host cannot carry out is an invalid answer. More
 * kinds may be added: a {@code switch} over them keeps a {@code default}.
 */
public sealed interface Plan {

    /** The endpoint that the client's answer comes from. */
    PodView endpoint();

    /**
     * The request goes to one endpoint.
     *
     * @param endpoint where it goes
     */
    record Single(PodView endpoint) implements Plan {}

    /**
     * The prompt is computed at one endpoint, the answer generated at another one.
     *
     * @param prefill where the prompt goes first
     * @param decode where the answer comes from
     * @param connector how the KV cache goes from the one to the other, for example {@code nixl}
     */
    record PrefillDecode(PodView prefill, PodView decode, String connector) implements Plan {
        @Override
        public PodView endpoint() {
            return decode;
        }
    }
}
