package dev.penstock.server.disaggregated;

import dev.penstock.spi.Api;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What there is for each word by which a plan names its connector. One for a balancer; any thread. */
public final class Connectors {
    /** Port of SGLang's bootstrap server, as an annotation or a label of the prefill pod. */
    static final String SGLANG_PORT = "model.aibrix.ai/sglang-bootstrap-port";
    /** Port of vLLM's bootstrap server for Mooncake, as an annotation or a label of the prefill pod. */
    static final String MOONCAKE_PORT = "penstock.dev/mooncake-bootstrap-port";
    /** The {@code engine_id} in the transfer configuration of vLLM, as an annotation or a label of the prefill pod. */
    static final String MOONCAKE_ENGINE = "penstock.dev/mooncake-engine-id";
    /** What both bootstrap servers listen at where nobody says otherwise. */
    private static final int BOOTSTRAP_PORT = 8998;
    private static final int MOST_PORT = 65_535;

    private final RequestNumbers numbers;

    /** Connectors of a process. */
    public Connectors(PrefillSettings settings) {
        this(settings, InstantSource.system());
    }

    Connectors(PrefillSettings settings, InstantSource time) {
        this.numbers = new RequestNumbers(time, settings.machineId());
    }

    /** Whether the prompt of a call can be computed elsewhere than its answer. */
    public static boolean divides(@Nullable Api api) {
        return api == Api.CHAT_COMPLETIONS || api == Api.COMPLETIONS;
    }

    /** What a request hands over. */
    Handover handover(Plan.PrefillDecode pair, Api api, String requestId, RandomGenerator random) {
        PodView prefill = pair.prefill();
        return switch (pair.connector().toLowerCase(Locale.ROOT)) {
            case "shfs" -> new KvTransferHandover(prefill.host());
            case "nixl" -> new ResponseHandover();
            // Random too: two attempts of a request must not meet.
            case "mooncake" -> new MooncakeHandover("xfer-" + requestId + '-' + Long.toHexString(random.nextLong()),
                    prefill.host(), port(prefill, MOONCAKE_PORT), said(prefill, MOONCAKE_ENGINE));
            case "sglang" -> new BootstrapHandover(prefill.host(), port(prefill, SGLANG_PORT),
                    random.nextLong() & Long.MAX_VALUE);
            case "trtllm" -> new ContextHandover(numbers.next(), api == Api.COMPLETIONS);
            default -> new NoHandover();
        };
    }

    private static @Nullable String said(PodView pod, String name) {
        String annotation = pod.annotations().get(name);
        return annotation == null ? pod.labels().get(name) : annotation;
    }

    private static int port(PodView pod, String name) {
        String text = said(pod, name);
        if (text == null || text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return BOOTSTRAP_PORT;
        }
        int port = Integer.parseInt(text);
        return port > 0 && port <= MOST_PORT ? port : BOOTSTRAP_PORT;
    }

    /** Engines that see to it themselves. */
    private record NoHandover() implements Handover.Serial {
        @Override
        public List<String> keys() {
            return List.of();
        }

        @Override
        public void prefill(ObjectEdit body) {
        }

        @Override
        public boolean decode(ObjectEdit body, PrefillAnswer answer) {
            return true;
        }
    }
}
