package dev.penstock.server.exchange;

import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.Health;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.EnginePool;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.server.upstream.UpstreamListener;
import dev.penstock.server.upstream.UpstreamRequest;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request at its endpoint: sent, failed, sent again, answered. Confined to the event loop of its exchange; used for
 * one endpoint after the other.
 */
final class UpstreamLeg implements UpstreamListener, UpstreamRequest, HeaderSource {
    /** Tells which profile was chosen in the client's place. */
    private static final String PROFILE = "x-aibrix-config-profile";
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final Exchange exchange;
    private final LoopState loop;
    private @Nullable PodView endpoint;
    private @Nullable UpstreamConnection connection;
    private @Nullable ResponseRelay relay;
    private boolean retriedStale;
    private boolean retriedReset;

    UpstreamLeg(Exchange exchange, LoopState loop) {
        this.exchange = exchange;
        this.loop = loop;
    }

    // ---- sending

    void start(PodView to) {
        endpoint = to;
        UpstreamConnection lent = loop.pool().acquire(to, this);
        connection = lent;
        if (lent.ready()) {
            send();
        } else {
            exchange.connecting();
        }
    }

    @Override
    public void connected() {
        exchange.connected();
        send();
    }

    private void send() {
        RequestIntake intake = exchange.intake();
        UpstreamConnection to = connection();
        long length = intake.length();
        ByteBuf body = intake.send();
        to.send(this, length, body, intake.complete());
        exchange.sent();
    }

    void sendBody(ByteBuf bytes, boolean last) {
        UpstreamConnection to = connection;
        if (to == null) {
            bytes.release();
            return;
        }
        to.sendBody(bytes, last);
        if (!to.writable()) {
            exchange.readBody(false);
        }
    }

    @Override
    public void writabilityChanged() {
        if (connection().writable() && !exchange.intake().replayable()) {
            exchange.readBody(true);
        }
    }

    @Override
    public String method() {
        return exchange.head().method();
    }

    @Override
    public String target() {
        return exchange.target();
    }

    @Override
    public boolean websocket() {
        return exchange.api() == Api.REALTIME;
    }

    @Override
    public void headers(HeaderSink sink) {
        EnginePool pool = connection().enginePool();
        int terms = (exchange.intake().usageInjected() ? ForwardedHeaders.PLAIN_ANSWER : 0)
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
        sink.header(HeaderNames.TARGET_POD, endpoint().address());
    }

    // ---- the answer

    @Override
    public void firstByte() {
        exchange.firstByte();
    }

    @Override
    public @Nullable PayloadSink head(ResponseHead head) {
        int status = head.status();
        loop.health().answered(endpoint(), status, RetryAfter.seconds(head));
        if ((status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) && !exchange.head().method().equals("HEAD")
                && retryElsewhere()) {
            return null;
        }
        if (head.switchesProtocols()) {
            // How a conversation ends is the affair of those who have it.
            loop.health().completed(endpoint());
            exchange.tunneling(new Tunnel(exchange, connection()), head, this);
            return null;
        }
        ResponseRelay begun = new ResponseRelay(exchange, loop, connection(), endpoint());
        relay = begun;
        exchange.relaying();
        return begun.begin(head, this);
    }

    /** Leaves the answer of an overloaded pod for another pod, if there is one. */
    private boolean retryElsewhere() {
        UpstreamConnection overloaded = connection();
        if (!exchange.retry(endpoint(), RetryReason.OVERLOADED)) {
            return false;
        }
        overloaded.abort();
        return true;
    }

    @Override
    public void body(ByteBuf bytes, boolean last) {
        ResponseRelay to = relay;
        if (to == null) {
            bytes.release();
            return;
        }
        if (last) {
            connection = null;
            if (to.good()) {
                loop.health().completed(endpoint());
            }
        }
        to.body(bytes, last);
    }

    @Override
    public void readComplete() {
        if (relay != null) {
            relay.readComplete();
        }
    }

    void clientWritable() {
        if (relay != null) {
            relay.clientWritable();
        }
    }

    @Override
    public void addedHeaders(HeaderSink sink) {
        sink.header(HeaderNames.WENT_INTO, HeaderNames.TRUE);
        sink.header(HeaderNames.REQUEST_ID, exchange.id());
        StrategyExpression strategy = exchange.dispatch().strategy();
        if (strategy != null) {
            sink.header(HeaderNames.ROUTING_STRATEGY, strategy.text());
        }
        sink.header(HeaderNames.TARGET_POD, endpoint().name());
        sink.header(HeaderNames.TARGET_POD_IP, endpoint().address());
        List<String> more = responseHeaders();
        for (int i = 0; i < more.size(); i += 2) {
            sink.header(more.get(i), more.get(i + 1));
        }
        loop.proxy().journal().header(exchange, sink);
    }

    /** Headers that come with this endpoint and these terms: names and values, in turn. */
    List<String> responseHeaders() {
        RoutingLeg routing = exchange.routing();
        List<String> byRouters = routing == null ? List.of() : routing.responseHeaders();
        String profile = exchange.dispatch().profile();
        if (profile == null) {
            return byRouters;
        }
        List<String> all = new ArrayList<>(byRouters);
        all.add(PROFILE);
        all.add(profile);
        return all;
    }

    // ---- failing

    @Override
    public void failed(UpstreamFailure failure) {
        tell(failure);
        if (relay != null) {
            exchange.broken(failure == UpstreamFailure.MALFORMED ? ErrorCode.UPSTREAM_MALFORMED
                    : ErrorCode.UPSTREAM_RESET);
            return;
        }
        connection = null;
        switch (failure) {
            case NOT_CONNECTED -> {
                if (!exchange.retry(endpoint(), RetryReason.CONNECT)) {
                    exchange.refuse(Refusal.of(ErrorCode.UPSTREAM_UNREACHABLE));
                }
            }
            case STALE -> stale();
            case UNANSWERED -> reset();
            case MALFORMED -> exchange.refuse(Refusal.of(ErrorCode.UPSTREAM_MALFORMED));
            case BROKEN -> exchange.refuse(Refusal.of(ErrorCode.UPSTREAM_RESET));
        }
    }

    private void tell(UpstreamFailure failure) {
        Health health = loop.health();
        switch (failure) {
            case NOT_CONNECTED -> health.failed(endpoint(), Health.Failure.CONNECT);
            case UNANSWERED -> health.failed(endpoint(), Health.Failure.UNANSWERED);
            case MALFORMED -> health.failed(endpoint(), Health.Failure.MALFORMED);
            case BROKEN -> health.failed(endpoint(), Health.Failure.BROKEN);
            // Any engine closes idle connections, and some while they are used again.
            case STALE -> { }
        }
    }

    /** The answer did not begin, or did not go on, in time. */
    void timedOut() {
        ResponseRelay begun = relay;
        if (begun == null) {
            loop.health().failed(endpoint(), Health.Failure.FIRST_BYTE);
        } else if (!begun.paused()) {
            loop.health().failed(endpoint(), Health.Failure.STALLED);
        }
    }

    /** Once, and on a connection that cannot be stale: pools are full of them when a pod was restarted. */
    private void stale() {
        if (retriedStale || !exchange.intake().replayable()) {
            reset();
            return;
        }
        retriedStale = true;
        loop.proxy().metrics().retried(RetryReason.STALE);
        exchange.timeline().retried(RetryReason.STALE);
        exchange.connecting();
        connection = loop.pool().connect(endpoint(), this);
    }

    private void reset() {
        if (!retriedReset) {
            retriedReset = true;
            if (exchange.retry(endpoint(), RetryReason.RESET)) {
                return;
            }
        }
        exchange.refuse(Refusal.of(ErrorCode.UPSTREAM_RESET));
    }

    void connectTimedOut() {
        UpstreamConnection tried = connection;
        if (tried != null) {
            tried.abort();
            failed(UpstreamFailure.NOT_CONNECTED);
        }
    }

    /** Nobody wants the answer any more. Returns what usage it has told. */
    Usage abandon() {
        UpstreamConnection used = connection;
        connection = null;
        if (used != null) {
            used.abort();
        }
        return relay == null ? Usage.UNKNOWN : relay.leave();
    }

    /** Tells the client as well as can be that the answer is broken off. Returns what usage it has told. */
    Usage breakOff(ErrorCode code) {
        ResponseRelay begun = relay;
        if (begun != null) {
            begun.tellError(code);
        }
        return abandon();
    }

    /** The endpoint of the last attempt. */
    @Nullable PodView tried() {
        return endpoint;
    }

    private PodView endpoint() {
        PodView current = endpoint;
        if (current == null) {
            throw new IllegalStateException("no endpoint");
        }
        return current;
    }

    private UpstreamConnection connection() {
        UpstreamConnection current = connection;
        if (current == null) {
            throw new IllegalStateException("no connection");
        }
        return current;
    }
}
