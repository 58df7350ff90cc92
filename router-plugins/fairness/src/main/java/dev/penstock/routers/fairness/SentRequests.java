package dev.penstock.routers.fairness;

import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.util.IdentityHashMap;

/** The requests in flight that took a turn: what they use in the end is charged for it. Confined to one thread. */
final class SentRequests {

    private record Sent(Waiting request, boolean answered) {}

    private final IdentityHashMap<RoutingContext, Sent> requests = new IdentityHashMap<>();

    void add(Waiting request) {
        requests.put(request.context(), new Sent(request, false));
    }

    /** Its first byte has come. */
    void answered(RoutingContext context) {
        requests.computeIfPresent(context, (any, sent) -> new Sent(sent.request(), true));
    }

    /** It has ended; one that was never answered has cost nothing that is known, and may be tried again. */
    void ended(RoutingContext context, Usage usage) {
        Sent sent = requests.remove(context);
        if (sent != null) {
            long used = sent.answered() || usage.known() ? sent.request().estimate().correctedBy(usage).total() : 0;
            sent.request().flow().ended(used - sent.request().cost());
        }
    }
}
