package dev.penstock.routers.pd;

import dev.penstock.spi.PodView;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How a KV cache goes from one pod to another, by the word that plans have for it. Stateless. */
final class Connectors {

    /** What vLLM uses where nobody tells. */
    static final String STANDARD = "shfs";

    private static final String LABEL = "model.aibrix.ai/kv-connector-type";
    private static final String VLLM = "vllm";
    private static final Set<String> OF_VLLM = Set.of(STANDARD, "nixl", "mooncake");

    private Connectors() {}

    /** The connector of vLLM that a text names, whatever its case; null where there is none. */
    static @Nullable String known(String text) {
        String word = text.trim().toLowerCase(Locale.ROOT);
        return OF_VLLM.contains(word) ? word : null;
    }

    /**
     * How a prefill pod hands over: engines other than vLLM have one way, which is called as they are.
     *
     * @param standard for pods of vLLM that do not tell, or not one that there is
     */
    static String of(PodView prefill, String standard) {
        String engine = prefill.engine().toLowerCase(Locale.ROOT);
        if (!engine.isEmpty() && !engine.equals(VLLM)) {
            return engine;
        }
        String label = prefill.labels().get(LABEL);
        String told = label == null ? null : known(label);
        return told == null ? standard : told;
    }
}
