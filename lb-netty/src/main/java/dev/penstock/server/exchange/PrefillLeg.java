package dev.penstock.server.exchange;

import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.port.Health;
import dev.penstock.server.body.BodyPatch;
import dev.penstock.server.body.Violation;
import dev.penstock.server.disaggregated.AnswerBuffer;
import dev.penstock.server.disaggregated.PairBodies;
import dev.penstock.server.disaggregated.PrefillOutcome;
import dev.penstock.server.disaggregated.UnusableAnswerException;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.server.upstream.UpstreamListener;
import dev.penstock.server.upstream.UpstreamRequest;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The call of one pair's prefill endpoint, and the body that its decode endpoint gets. Confined to the event loop of
 * its exchange; used for one pair.
 *
 * <p>It ends once, with an outcome: {@link UpstreamLeg} is told of what comes next, unless it was that leg which ended
 * it by {@link #cancel}.
 */
final class PrefillLeg extends Timed implements UpstreamListener, UpstreamRequest {
    private static final int OK_CLASS = 2;
    private static final int CLIENT_ERROR_CLASS = 4;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final Exchange exchange;
    private final LoopState loop;
    private final UpstreamLeg decode;
    private final RoutingAttempt attempt;
    private final PodView endpoint;
    private final PairBodies bodies;
    private final BodyPatch prefillPatch;
    private final long startNanos;
    private BodyPatch decodePatch = BodyPatch.NONE;
    private @Nullable UpstreamConnection connection;
    private @Nullable AnswerBuffer answer;
    private boolean sent;
    private boolean retriedStale;
    private boolean relayed;
    private @Nullable PrefillOutcome outcome;
    private long tookNanos;

    private PrefillLeg(Exchange exchange, UpstreamLeg decode, RoutingAttempt attempt, Plan.PrefillDecode pair,
            PairBodies bodies) {
        this.exchange = exchange;
        this.loop = exchange.loop();
        this.decode = decode;
        this.attempt = attempt;
        this.endpoint = pair.prefill();
        this.bodies = bodies;
        this.prefillPatch = bodies.prefill();
        this.startNanos = loop.nanoTime();
    }

    /** A call that has not begun; null where the request was refused, because it cannot be divided. */
    static @Nullable PrefillLeg of(Exchange exchange, UpstreamLeg decode, RoutingAttempt attempt,
            Plan.PrefillDecode pair) {
        LoopState loop = exchange.loop();
        ByteBuf whole = exchange.intake().send();
        PairBodies bodies;
        try {
            bodies = PairBodies.of(whole, pair, exchange.inference(), exchange.id(), loop.proxy().connectors(),
                    loop.objectScanner, loop.random());
        } finally {
            whole.release();
        }
        Violation violation = bodies.violation();
        if (violation != null) {
            exchange.refuse(Refusal.of(violation));
            return null;
        }
        return new PrefillLeg(exchange, decode, attempt, pair, bodies);
    }

    // ---- sending

    void start() {
        if (bodies.parallel()) {
            decodePatch = bodies.decode();
        }
        long timeout = loop.proxy().context().prefill().timeoutNanos();
        long connect = exchange.settings().timeouts().connectNanos();
        connection = loop.pool().acquire(endpoint, this);
        if (connection().ready()) {
            send();
        } else {
            await(timeout == 0 ? connect : connect == 0 ? timeout : Math.min(connect, timeout));
        }
        loop.deadlines().add(this);
    }

    /** Sets the deadline, counted from the begin of the call; 0 for none. */
    private void await(long nanos) {
        if (nanos == 0) {
            noDeadline();
        } else {
            deadline(startNanos + nanos);
        }
    }

    @Override
    public void connected() {
        send();
    }

    private void send() {
        sent = true;
        ByteBuf body = body(prefillPatch);
        connection().send(this, body.readableBytes(), body, true);
        await(loop.proxy().context().prefill().timeoutNanos());
        if (listed) {
            loop.deadlines().hurry(this);
        }
    }

    private ByteBuf body(BodyPatch patch) {
        ByteBuf whole = exchange.intake().send();
        try {
            return patch.apply(whole, alloc());
        } finally {
            whole.release();
        }
    }

    private ByteBufAllocator alloc() {
        return exchange.client().alloc();
    }

    /** The body for the decode endpoint, for the caller to release. */
    ByteBuf decodeBody() {
        return body(decodePatch);
    }

    /** Whether the decode endpoint is called without waiting for this one. */
    boolean parallel() {
        return bodies.parallel();
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String target() {
        return exchange.target();
    }

    @Override
    public boolean websocket() {
        return false;
    }

    @Override
    public void headers(HeaderSink sink) {
        RequestHeaders.tell(exchange, connection(), ForwardedHeaders.PLAIN_ANSWER | ForwardedHeaders.JSON_BODY, sink);
        sink.header(HeaderNames.CONTENT_TYPE, HeaderNames.JSON);
    }

    @Override
    public void writabilityChanged() {
    }

    // ---- the answer

    @Override
    public void firstByte() {
        attempt.prefillFirstByte();
    }

    @Override
    public @Nullable PayloadSink head(ResponseHead head) {
        int status = head.status();
        loop.health().answered(endpoint, status, RetryAfter.seconds(head));
        if (status == TOO_MANY_REQUESTS || status == SERVICE_UNAVAILABLE) {
            return overloaded(head);
        }
        if (status / 100 == CLIENT_ERROR_CLASS) {
            if (decode.answering()) {
                failed(PrefillOutcome.REFUSED);
                return null;
            }
            over(PrefillOutcome.REFUSED);
            return relay(head);
        }
        if (status / 100 != OK_CLASS) {
            failed(PrefillOutcome.FAILED);
            return null;
        }
        if (bodies.parallel()) {
            return null;
        }
        if (head.encoded() || head.contentLength() > exchange.settings().limits().bodyBytes()) {
            failed(PrefillOutcome.UNUSABLE);
            return null;
        }
        AnswerBuffer begun = new AnswerBuffer(alloc(), loop.proxy().context().budget(),
                exchange.settings().limits().bodyBytes());
        answer = begun;
        return begun;
    }

    /** Another pair, if there is one; else the answer of this endpoint, which says when to come again. */
    private @Nullable PayloadSink overloaded(ResponseHead head) {
        if (decode.answering()) {
            failed(PrefillOutcome.OVERLOADED);
            return null;
        }
        over(PrefillOutcome.OVERLOADED);
        decode.dropConnection();
        UpstreamConnection used = connection();
        if (decode.retry(endpoint, PrefillOutcome.OVERLOADED)) {
            connection = null;
            used.abort();
            return null;
        }
        return relay(head);
    }

    /** The client gets the answer of this endpoint. */
    private @Nullable PayloadSink relay(ResponseHead head) {
        UpstreamConnection used = connection();
        relayed = true;
        connection = null;
        return decode.relay(used, head);
    }

    @Override
    public void body(ByteBuf bytes, boolean last) {
        if (relayed) {
            decode.body(bytes, last);
            return;
        }
        bytes.release();
        if (last) {
            // It is free, and may be lent to somebody else by now.
            connection = null;
        }
        AnswerBuffer begun = answer;
        if (begun != null && begun.overflow() != AnswerBuffer.Overflow.NONE) {
            overflown(begun.overflow());
        } else if (last) {
            loop.health().completed(endpoint);
            answered(begun);
        }
    }

    private void overflown(AnswerBuffer.Overflow overflow) {
        if (overflow == AnswerBuffer.Overflow.BUDGET) {
            // As for a request's own body: another pair would need as much.
            over(PrefillOutcome.UNUSABLE);
            exchange.refuse(Refusal.of(ErrorCode.BODY_BUDGET_EXHAUSTED));
        } else {
            failed(PrefillOutcome.UNUSABLE);
        }
    }

    private void answered(@Nullable AnswerBuffer whole) {
        if (whole == null) {
            over(PrefillOutcome.COMPLETED);
            attempt.prefillEnded();
            return;
        }
        try {
            decodePatch = bodies.decode(whole.bytes());
        } catch (UnusableAnswerException e) {
            failed(PrefillOutcome.UNUSABLE);
            return;
        }
        over(bodies.handedOver() ? PrefillOutcome.COMPLETED : PrefillOutcome.NOTHING_TO_HAND_OVER);
        attempt.prefillEnded();
        decode.prefilled();
    }

    @Override
    public void readComplete() {
        if (relayed) {
            decode.readComplete();
        }
    }

    // ---- failing

    @Override
    public void failed(UpstreamFailure failure) {
        if (relayed) {
            decode.failed(failure);
            return;
        }
        connection = null;
        PodFailures.tell(loop.health(), endpoint, failure);
        switch (failure) {
            case NOT_CONNECTED -> failed(PrefillOutcome.UNREACHABLE);
            case STALE -> stale();
            case UNANSWERED, MALFORMED, BROKEN -> failed(PrefillOutcome.RESET);
        }
    }

    /** Once, as for any request: pools are full of such connections when a pod was restarted. */
    private void stale() {
        if (retriedStale || decode.answering()) {
            failed(PrefillOutcome.RESET);
            return;
        }
        retriedStale = true;
        loop.proxy().metrics().retried(RetryReason.STALE);
        exchange.timeline().retried(RetryReason.STALE);
        connection = loop.pool().connect(endpoint, this);
    }

    @Override
    protected void expired() {
        UpstreamConnection used = connection();
        if (!used.ready()) {
            used.abort();
            failed(UpstreamFailure.NOT_CONNECTED);
            return;
        }
        loop.health().failed(endpoint, Health.Failure.FIRST_BYTE);
        failed(PrefillOutcome.TIMEOUT);
    }

    /** The prompt is not computed here: another pair, unless the answer has begun without it. */
    private void failed(PrefillOutcome how) {
        UpstreamConnection used = connection;
        connection = null;
        if (used != null) {
            used.abort();
        }
        over(how);
        attempt.prefillEnded();
        release();
        if (!decode.answering()) {
            decode.dropConnection();
            if (!decode.retry(endpoint, how)) {
                exchange.refuse(Refusal.of(how.error()));
            }
        }
    }

    // ---- the end

    private void over(PrefillOutcome how) {
        if (outcome != null) {
            return;
        }
        outcome = how;
        tookNanos = loop.nanoTime() - startNanos;
        noDeadline();
        loop.deadlines().remove(this);
        loop.proxy().prefillMetrics().ended(how, tookNanos);
    }

    /** The answer of the decode endpoint begins: what is not sent by now need not be, and nothing is sent again. */
    void decodeAnswers() {
        if (!sent) {
            cancel();
        }
        release();
    }

    /** Nobody wants it any more. Does nothing where it has ended. */
    void cancel() {
        UpstreamConnection used = connection;
        connection = null;
        if (used != null) {
            used.abort();
        }
        over(PrefillOutcome.CANCELED);
        attempt.prefillEnded();
        release();
    }

    private void release() {
        AnswerBuffer held = answer;
        if (held != null) {
            answer = null;
            held.release();
        }
    }

    /** The endpoint. */
    PodView endpoint() {
        return endpoint;
    }

    /** How long it took; -1 while it is under way. */
    long tookNanos() {
        return outcome == null ? -1 : tookNanos;
    }

    private UpstreamConnection connection() {
        UpstreamConnection current = connection;
        if (current == null) {
            throw new IllegalStateException("no connection");
        }
        return current;
    }
}
