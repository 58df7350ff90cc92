package dev.penstock.server.exchange;

import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.address.ForwardingRules.Header;
import dev.penstock.server.address.ForwardingRules.Mode;
import dev.penstock.server.upstream.HeaderSink;
import java.util.SplittableRandom;

/**
 * What a pod is told of a client's request beside what was asked: the client's end-to-end headers, where the request
 * comes from, its trace. Confined to one event loop, and shared by all its requests.
 */
final class PodHeaders {
    private final ForwardingRules rules;
    private final SplittableRandom random;
    private final TraceContext.Writer traces = new TraceContext.Writer();

    PodHeaders(ForwardingRules rules, SplittableRandom random) {
        this.rules = rules;
        this.random = random;
    }

    /**
     * Tells the headers.
     *
     * @param terms {@link ForwardedHeaders#PLAIN_ANSWER}, {@link ForwardedHeaders#WITHOUT_KEYS} and {@link
     *     ForwardedHeaders#WITHOUT_USER}, where they hold
     */
    void tell(RequestHead head, Peer peer, TraceContext trace, int terms, HeaderSink sink) {
        boolean believed = OriginHeaders.believed(peer, rules);
        boolean legacy = rules.header() == Header.X_FORWARDED_FOR;
        int all = terms | (trace.given() ? ForwardedHeaders.TRACE_GIVEN : 0);
        all |= believed && legacy ? ForwardedHeaders.ORIGIN : 0;
        all |= !believed && legacy && rules.mode() != Mode.OFF ? ForwardedHeaders.TELLS_HOST : 0;
        boolean hostTold = ForwardedHeaders.copy(head, sink, all);
        OriginHeaders.tell(head, peer, rules, believed, hostTold, sink);
        traces.write(trace, random.nextLong(), sink);
    }
}
