package dev.penstock.server.exchange;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.port.Health;
import dev.penstock.server.disaggregated.Connectors;
import dev.penstock.server.disaggregated.PrefillOutcome;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.server.upstream.UpstreamListener;
import dev.penstock.server.upstream.UpstreamRequest;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request at its endpoint: sent, failed, sent again, answered. Confined to the event loop of its exchange; used for
 * one endpoint after the other.
 */
final class UpstreamLeg implements UpstreamListener, UpstreamRequest, HeaderSource {
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final Exchange exchange;
    private final LoopState loop;
    private @Nullable PodView endpoint;
    private @Nullable UpstreamConnection connection;
    private @Nullable ResponseRelay relay;
    /** The leg that computes the prompt, where that is not this one. */
    private @Nullable PrefillLeg prefill;
    private @Nullable ErrorCode pairFailure;
    private boolean retriedStale;
    private boolean retriedReset;

    UpstreamLeg(Exchange exchange, LoopState loop) {
        this.exchange = exchange;
        this.loop = loop;
    }

    // ---- sending

    void start(PodView to) {
        endpoint = to;
        prefill = null;
        connect();
    }

    /** Sends to two endpoints, one after the other or both at once, as their connector has it. */
    void start(Plan.PrefillDecode pair, RoutingAttempt attempt) {
        endpoint = pair.decode();
        prefill = null;
        if (!Connectors.divides(exchange.api())) {
            attempt.prefillEnded();
            loop.proxy().prefillMetrics().undivided();
            connect();
            return;
        }
        PrefillLeg first = PrefillLeg.of(exchange, this, attempt, pair);
        if (first == null) {
            return;
        }
        prefill = first;
        if (first.parallel()) {
            first.start();
            connect();
        } else {
            exchange.prefilling();
            first.start();
        }
    }

    /** The prompt is computed, and the body for this leg is known. */
    void prefilled() {
        connect();
    }

    private void connect() {
        UpstreamConnection lent = loop.pool().acquire(endpoint(), this);
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
        PrefillLeg first = prefill;
        ByteBuf body;
        long length;
        if (first == null) {
            length = intake.length();
            body = intake.send();
        } else {
            body = first.decodeBody();
            length = body.readableBytes();
        }
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
        RequestHeaders.tell(exchange, connection(), 0, sink);
    }

    // ---- the answer

    @Override
    public void firstByte() {
        exchange.firstByte();
        RoutingLeg routing = exchange.routing();
        if (routing != null) {
            routing.firstByte();
        }
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
        if (prefill != null && status / 100 == 2) {
            prefill.decodeAnswers();
        } else {
            cancelPrefill();
        }
        return relay(head);
    }

    private @Nullable PayloadSink relay(ResponseHead head) {
        ResponseRelay begun = new ResponseRelay(exchange, loop, connection(), endpoint());
        relay = begun;
        exchange.relaying();
        return begun.begin(head, this);
    }

    /** The client gets what the prefill endpoint has answered; that leg passes on what comes of it. */
    @Nullable PayloadSink relay(UpstreamConnection from, ResponseHead head) {
        dropConnection();
        connection = from;
        endpoint = from.endpoint();
        exchange.firstByte();
        return relay(head);
    }

    /** Whether an answer goes to the client already. */
    boolean answering() {
        return relay != null;
    }

    /** Leaves the answer of an overloaded pod for another pod, if there is one. */
    private boolean retryElsewhere() {
        UpstreamConnection overloaded = connection();
        cancelPrefill();
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
            cancelPrefill();
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
        AnswerHeaders.tell(exchange, endpoint(), sink);
        List<String> more = responseHeaders();
        for (int i = 0; i < more.size(); i += 2) {
            sink.header(more.get(i), more.get(i + 1));
        }
        loop.proxy().journal().header(exchange, sink);
    }

    /** Headers that come with this endpoint and these terms: names and values, in turn. */
    List<String> responseHeaders() {
        PrefillLeg first = prefill;
        return AnswerHeaders.of(exchange, first == null ? null : first.endpoint());
    }

    // ---- failing

    @Override
    public void failed(UpstreamFailure failure) {
        PodFailures.tell(loop.health(), endpoint(), failure);
        if (relay != null) {
            exchange.broken(failure == UpstreamFailure.MALFORMED ? ErrorCode.UPSTREAM_MALFORMED
                    : ErrorCode.UPSTREAM_RESET);
            return;
        }
        connection = null;
        if (failure != UpstreamFailure.STALE) {
            cancelPrefill();
        }
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
        cancelPrefill();
        if (!retriedReset) {
            retriedReset = true;
            if (exchange.retry(endpoint(), RetryReason.RESET)) {
                return;
            }
        }
        exchange.refuse(Refusal.of(ErrorCode.UPSTREAM_RESET));
    }

    /** Another pair after the prefill endpoint of this one has failed; see {@link Exchange#retry}. */
    boolean retry(PodView failed, PrefillOutcome how) {
        pairFailure = how.error();
        return exchange.retry(failed, RetryReason.of(how));
    }

    /** Why there is no answer, where a router has found nothing: that a pair failed before tells more. */
    ErrorCode insteadOf(ErrorCode notChosen) {
        ErrorCode before = pairFailure;
        boolean none = notChosen == ErrorCode.NO_ENDPOINT_SELECTED || notChosen == ErrorCode.PREFILL_NOT_READY;
        return before != null && none ? before : notChosen;
    }

    private void cancelPrefill() {
        PrefillLeg first = prefill;
        if (first != null) {
            first.cancel();
        }
    }

    /** This leg is given up, whatever becomes of the request. */
    void dropConnection() {
        UpstreamConnection used = connection;
        connection = null;
        if (used != null) {
            used.abort();
        }
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
        dropConnection();
        cancelPrefill();
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

    /** The last leg that computed a prompt for this one, or null. */
    @Nullable PrefillLeg prefill() {
        return prefill;
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
