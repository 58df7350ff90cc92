package dev.penstock.server.exchange;

import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.ApiKey;
import dev.penstock.server.upstream.EnginePool;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.UpstreamConnection;
import io.netty.util.AsciiString;

/** The headers with which a request goes to a pod, whichever of its legs that is. Holds no state. */
final class RequestHeaders {
    private RequestHeaders() {
    }

    /**
     * Tells them.
     *
     * @param connection over which it goes
     * @param more terms of {@link ForwardedHeaders} that hold beside those of the request and the pool
     */
    static void tell(Exchange exchange, UpstreamConnection connection, int more, HeaderSink sink) {
        LoopState loop = exchange.loop();
        EnginePool pool = connection.enginePool();
        int terms = more | (exchange.intake().usageInjected() ? ForwardedHeaders.PLAIN_ANSWER : 0)
                | (pool.dropsAuthorization() || loop.proxy().context().keys().hidden()
                        ? ForwardedHeaders.WITHOUT_KEYS : 0);
        ApiKey key = exchange.key();
        String user = key == null ? null : key.user();
        if (user != null) {
            terms |= ForwardedHeaders.WITHOUT_USER;
            sink.header(HeaderNames.USER, user);
        }
        loop.podHeaders().tell(exchange.head(), exchange.client().peer(), exchange.trace(), terms, sink);
        AsciiString authorization = pool.authorization();
        if (authorization != null) {
            sink.header(HeaderNames.AUTHORIZATION, authorization);
        }
        sink.header(HeaderNames.WENT_INTO, HeaderNames.TRUE);
        sink.header(HeaderNames.X_REQUEST_ID, exchange.id());
        StrategyExpression strategy = exchange.dispatch().strategy();
        if (strategy != null) {
            sink.header(HeaderNames.ROUTING_STRATEGY, strategy.text());
        }
        sink.header(HeaderNames.TARGET_POD, connection.endpoint().address());
    }
}
