package dev.penstock.server.exchange;

import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.Quota;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers that we add to the answer of a pod. Holds no state. */
final class AnswerHeaders {
    /** Tells which profile was chosen in the client's place. */
    private static final String PROFILE = "x-aibrix-config-profile";
    private static final String PREFILL_POD = "prefill-target-pod";
    private static final String PREFILL_ADDRESS = "prefill-target-pod-ip";

    private AnswerHeaders() {
    }

    /** Tells those that every answer of a pod gets. */
    static void tell(Exchange exchange, PodView endpoint, HeaderSink sink) {
        sink.header(HeaderNames.WENT_INTO, HeaderNames.TRUE);
        sink.header(HeaderNames.REQUEST_ID, exchange.id());
        StrategyExpression strategy = exchange.dispatch().strategy();
        if (strategy != null) {
            sink.header(HeaderNames.ROUTING_STRATEGY, strategy.text());
        }
        sink.header(HeaderNames.TARGET_POD, endpoint.name());
        sink.header(HeaderNames.TARGET_POD_IP, endpoint.address());
    }

    /**
     * The others: names and values, in turn.
     *
     * @param prefill the endpoint that has computed the prompt, where that is another one than the answer's; or null
     */
    static List<String> of(Exchange exchange, @Nullable PodView prefill) {
        RoutingLeg routing = exchange.routing();
        List<String> byRouters = routing == null ? List.of() : routing.responseHeaders();
        String profile = exchange.dispatch().profile();
        Quota quota = exchange.quota();
        if (profile == null && quota == null && prefill == null) {
            return byRouters;
        }
        List<String> all = new ArrayList<>(byRouters);
        if (profile != null) {
            all.add(PROFILE);
            all.add(profile);
        }
        if (prefill != null) {
            all.addAll(List.of(PREFILL_POD, prefill.name(), PREFILL_ADDRESS, prefill.address()));
        }
        QuotaHeaders.add(quota, all);
        return all;
    }
}
