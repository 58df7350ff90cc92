package dev.penstock.server.exchange;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Timeouts;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.Quota;
import dev.penstock.server.relay.ErrorBody;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One request: where it stands, and what is to be ended when it ends. Confined to the event loop of its client's
 * connection.
 *
 * <p>Each part tells it what came about; it alone decides what comes next. However a request ends, it ends in
 * {@link #end}, once.
 */
public final class Exchange extends Timed {
    private enum Phase { INTAKE, ADMISSION, ROUTING, PREFILLING, CONNECTING, WAITING, RELAYING, ENDED }

    private final LoopState loop;
    private final ClientStream client;
    private final RequestHead head;
    private final LiveSettings settings;
    private final Timeline timeline;
    private final TraceContext trace;
    private final String id;
    private final Endpoints.Target target;
    private final RequestIntake intake;
    private final Accounts accounts = new Accounts();
    private final Dispatch dispatch;
    private @Nullable ApiKey key;
    private Phase phase = Phase.INTAKE;
    private long totalDeadlineNanos;
    /** The last time that was read, as whatever happens within one call happens at that time. */
    private long readNanos;
    private @Nullable RoutingLeg routing;
    private @Nullable UpstreamLeg upstream;
    private @Nullable Tunnel tunnel;
    /** Path and query where the pod gets others than the client has sent. */
    private @Nullable String renamed;

    private Exchange(LoopState loop, ClientStream client, RequestHead head) {
        this.loop = loop;
        this.client = client;
        this.head = head;
        this.settings = loop.proxy().context().settings().get();
        this.readNanos = loop.nanoTime();
        this.timeline = new Timeline(readNanos);
        this.trace = TraceContext.of(head, loop.random());
        this.id = RequestIds.of(head, trace);
        this.target = Endpoints.of(head.method(), head.target());
        this.intake = new RequestIntake(this, loop, head, settings, readNanos);
        this.dispatch = new Dispatch(this, loop, accounts);
    }

    /** Begins a request whose head has been read. It may have ended when this returns. */
    public static Exchange begin(LoopState loop, ClientStream client, RequestHead head) {
        Exchange exchange = new Exchange(loop, client, head);
        exchange.start();
        return exchange;
    }

    private void start() {
        assert loop.loop().inEventLoop();
        if (settings.timeouts().totalNanos() > 0) {
            totalDeadlineNanos = readNanos + settings.timeouts().totalNanos();
        }
        loop.began(this);
        loop.retries().settle(settings.retries().budgetPercent());
        arm(intake.bodyTimeoutNanos(readNanos), readNanos);
        Refusal refused = knowsClient() ? intake.start(target) : Refusal.of(ErrorCode.INVALID_API_KEY);
        if (refused != null) {
            refuse(refused);
        }
    }

    /** Before anything else is looked at: a stranger learns nothing of paths and limits, and sends no body. */
    private boolean knowsClient() {
        ClientKeys keys = loop.proxy().context().keys();
        if (!keys.required()) {
            return true;
        }
        key = keys.of(head, api() == Api.REALTIME);
        return key != null;
    }

    // ---- what the client does

    /**
     * The next bytes of the request's body.
     *
     * @param bytes taken over
     * @param last whether the body is complete
     */
    public void requestBody(ByteBuf bytes, boolean last) {
        if (phase == Phase.ENDED) {
            bytes.release();
            return;
        }
        if (tunnel != null) {
            tunnel.fromClient(bytes, last);
            return;
        }
        intake.body(bytes, last);
        if (!last && (phase == Phase.INTAKE || phase == Phase.WAITING)) {
            awaitBody();
        }
    }

    /** The body must go on, and not too slowly; where it is not read, the pod must take what it has. */
    private void awaitBody() {
        long now = loop.nanoTime();
        arm(intake.reading() ? intake.bodyTimeoutNanos(now) : settings.timeouts().idleNanos(), now);
    }

    /** Goes on reading the body, or leaves it at the client. */
    void readBody(boolean on) {
        intake.readBody(on);
        if (phase == Phase.WAITING && !intake.complete()) {
            awaitBody();
        }
    }

    /** The request's body breaks the protocol. */
    public void requestMalformed() {
        if (phase == Phase.RELAYING) {
            broken(ErrorCode.MALFORMED_REQUEST);
        } else if (phase != Phase.ENDED) {
            refuse(Refusal.of(ErrorCode.MALFORMED_REQUEST));
        }
    }

    /** The client has gone: nobody waits for an answer. */
    public void clientGone() {
        if (phase == Phase.ENDED) {
            return;
        }
        UpstreamLeg leg = upstream;
        Usage usage = leg == null ? Usage.UNKNOWN : leg.abandon();
        if (tunnel != null && tunnel.halfClosed()) {
            end(usage, Tunnel.SWITCHING_PROTOCOLS, null);
            return;
        }
        loop.proxy().metrics().clientGone();
        endedByClient(usage, ErrorCode.CLIENT_GONE);
    }

    /** The client is there, and has taken nothing of its answer for too long. Its connection is the caller's to end. */
    public void clientStalled() {
        if (phase != Phase.ENDED) {
            UpstreamLeg leg = upstream;
            endedByClient(leg == null ? Usage.UNKNOWN : leg.abandon(), ErrorCode.WRITE_TIMEOUT);
        }
    }

    private void endedByClient(Usage usage, ErrorCode why) {
        loop.proxy().metrics().error(why);
        end(usage, why.status(), why);
    }

    /** The client takes bytes again. */
    public void clientWritable() {
        if (tunnel != null && phase == Phase.RELAYING) {
            tunnel.clientWritable();
        } else if (phase == Phase.RELAYING && upstream != null) {
            upstream.clientWritable();
        }
    }

    // ---- from the body to the router

    /** The body is whole and goes to no router. */
    void taken() {
        dispatch.taken(target);
    }

    /** It is being looked up what to do with the request. */
    void preparing() {
        timeline.enter(Timeline.Span.PREPARING, readNanos);
    }

    /** Answers from what is known here. */
    void answer(byte[] body) {
        int status = 200;
        loop.proxy().metrics().answered(null, status);
        timeline.wrote(body.length);
        end(Usage.UNKNOWN, status, null);
        OwnAnswers.answer(this, body);
    }

    /** Replicas are asked who holds a response, with a deadline of its own. */
    void waitsForPin() {
        phase = Phase.ADMISSION;
        noDeadline();
    }

    /** Somebody decides about keys and limits, and has a deadline of his own. */
    void waitsForAdmission() {
        phase = Phase.ADMISSION;
        noDeadline();
        timeline.enter(Timeline.Span.ADMISSION, loop.nanoTime());
    }

    /** Its prompt becomes tokens, for which there is a deadline of its own. */
    void waitsForTokens() {
        phase = Phase.ADMISSION;
        noDeadline();
        timeline.enter(Timeline.Span.PREPARING, loop.nanoTime());
    }

    /** The request is admitted: a router is asked. */
    void routes(RoutingLeg leg, ModelView model) {
        routing = leg;
        leg.ask(model);
    }

    /**
     * A router has been asked.
     *
     * @param patienceNanos time for its answer; 0 for ever
     */
    void waitsForRouter(long patienceNanos) {
        phase = Phase.ROUTING;
        arm(patienceNanos);
        timeline.enter(Timeline.Span.MAILBOX, readNanos);
    }

    /** No endpoint was chosen. */
    void notChosen(ErrorCode code) {
        refuse(upstream == null ? dispatch.notChosen(code) : dispatch.notChosen(upstream.insteadOf(code)));
    }

    // ---- to the pod and back

    /** An endpoint is known that nobody had to be asked for. */
    void chosen(PodView endpoint) {
        sending(readNanos).start(endpoint);
    }

    /** A plan was chosen. */
    void chosen(Plan plan, RoutingAttempt answered) {
        UpstreamLeg leg = sending(answered.servedNanos());
        if (plan instanceof Plan.PrefillDecode pair) {
            leg.start(pair, answered);
        } else {
            leg.start(plan.endpoint());
        }
    }

    private UpstreamLeg sending(long servedNanos) {
        long now = loop.nanoTime();
        timeline.routed(servedNanos, now);
        timeline.enter(Timeline.Span.SENDING, now);
        UpstreamLeg before = upstream;
        UpstreamLeg leg = before == null ? new UpstreamLeg(this, loop) : before;
        upstream = leg;
        return leg;
    }

    /** Another endpoint computes the prompt first, with a deadline of its own. */
    void prefilling() {
        phase = Phase.PREFILLING;
        arm(0);
        timeline.enter(Timeline.Span.WAITING, readNanos);
    }

    /** A connection is being made. */
    void connecting() {
        phase = Phase.CONNECTING;
        arm(settings.timeouts().connectNanos());
        timeline.enter(Timeline.Span.CONNECTING, readNanos);
    }

    /** The connection stands. */
    void connected() {
        timeline.enter(Timeline.Span.SENDING, loop.nanoTime());
    }

    /** What is there of the request has been sent. */
    void sent() {
        phase = Phase.WAITING;
        if (!intake.complete()) {
            awaitBody();
        } else {
            waitForFirstByte();
        }
        timeline.enter(Timeline.Span.WAITING, readNanos);
    }

    private void waitForFirstByte() {
        Timeouts timeouts = settings.timeouts();
        arm(dispatch.streams() ? timeouts.firstByteNanos() : timeouts.unaryFirstByteNanos());
    }

    /** More of the request's body for the pod. */
    void bodyFlows(ByteBuf bytes, boolean last) {
        UpstreamLeg leg = upstream;
        if (leg == null) {
            bytes.release();
            return;
        }
        if (last && phase == Phase.WAITING) {
            waitForFirstByte();
        }
        leg.sendBody(bytes, last);
    }

    /**
     * Sends the request once more, to another endpoint, if that is allowed and there is one.
     *
     * @param failed the endpoint that failed
     * @return whether it goes on; else the caller ends it
     */
    boolean retry(PodView failed, RetryReason reason) {
        return routing != null && intake.replayable() && routing.retry(failed, reason);
    }

    /** The first byte of the answer is there. */
    void firstByte() {
        readNanos = loop.nanoTime();
        timeline.firstByte(readNanos);
    }

    /** The answer goes to the client from now on. */
    void relaying() {
        phase = Phase.RELAYING;
        intake.release();
        arm(idleNanos(), readNanos);
    }

    /** The pod has accepted a WebSocket: it lasts for as long as something moves on it. */
    void tunneling(Tunnel accepted, ResponseHead answer, UpstreamLeg leg) {
        tunnel = accepted;
        totalDeadlineNanos = 0;
        loop.proxy().metrics().tunnelOpened();
        relaying();
        accepted.begin(answer, leg);
        if (phase != Phase.ENDED) {
            flushed();
        }
    }

    /** What has been read of the answer is on its way: what may still be missing of its beginning is the pod's. */
    void flushed() {
        if (timeline.span() == Timeline.Span.ANSWERING) {
            readNanos = loop.nanoTime();
            timeline.enter(Timeline.Span.RELAYING, readNanos);
        }
    }

    /** What is left to its user, for the client to be told; null where that is not limited. */
    @Nullable Quota quota() {
        return accounts.quota();
    }

    /** Bytes of the answer have moved. */
    void progress() {
        arm(idleNanos());
        if (timeline.span() == Timeline.Span.ANSWERING) {
            timeline.enter(Timeline.Span.RELAYING, readNanos);
        }
    }

    /** The client takes no bytes for now, and the pod is not read. */
    void held() {
        arm(0);
    }

    /** For how long nothing may move, now that an answer has begun. */
    private long idleNanos() {
        Timeouts timeouts = settings.timeouts();
        return tunnel == null ? timeouts.idleNanos() : tunnel.idleNanos(timeouts);
    }

    /** All of the answer has been written to the client, but for its end. */
    void completed(Usage usage, int status) {
        loop.proxy().metrics().answered(api(), status);
        end(usage, status, null);
        client.complete();
    }

    /** The answer has begun and cannot be completed. */
    void broken(ErrorCode code) {
        UpstreamLeg leg = upstream;
        loop.proxy().metrics().error(code);
        Usage usage = leg == null ? Usage.UNKNOWN : leg.breakOff(code);
        end(usage, code.status(), code);
        client.abort();
    }

    // ---- the end

    /** Ends the request with an error of our own; nothing of an answer has been sent. */
    void refuse(Refusal refusal) {
        if (phase == Phase.ENDED) {
            return;
        }
        UpstreamLeg leg = upstream;
        if (leg != null) {
            leg.abandon();
        }
        ErrorCode code = refusal.code();
        loop.proxy().metrics().error(code);
        loop.proxy().metrics().answered(api(), code.status());
        byte[] body = OwnAnswers.error(refusal, errorShape());
        timeline.wrote(body.length);
        end(Usage.UNKNOWN, code.status(), code);
        String allow = target instanceof Endpoints.Refused refused ? refused.allow() : null;
        OwnAnswers.refuse(this, refusal, body, allow);
    }

    /** Ends it where it stands, because the balancer ends: as honestly as can be. */
    void shutDown() {
        if (phase == Phase.RELAYING) {
            broken(ErrorCode.SHUTTING_DOWN);
        } else {
            refuse(Refusal.of(ErrorCode.SHUTTING_DOWN));
        }
    }

    private void end(Usage usage, int status, @Nullable ErrorCode reason) {
        assert loop.loop().inEventLoop();
        assert phase != Phase.ENDED : "request " + id + " ends twice";
        phase = Phase.ENDED;
        noDeadline();
        intake.release();
        if (routing != null) {
            routing.end(usage);
        }
        if (tunnel != null) {
            loop.proxy().metrics().tunnelClosed();
        }
        accounts.settle(upstream != null, usage, status);
        timeline.enter(Timeline.Span.RELAYING, loop.nanoTime());
        if (timeline.answered()) {
            loop.proxy().metrics().overhead(timeline.ownNanos());
            if (tunnel == null) {
                accounts.took(timeline, dispatch.streams());
            }
        }
        loop.proxy().journal().ended(this, usage, status, reason);
        loop.ended(this);
    }

    @Override
    protected void expired() {
        if (totalDeadlineNanos != 0 && totalDeadlineNanos - loop.nanoTime() <= 0) {
            timedOut(ErrorCode.TOTAL_TIMEOUT);
            return;
        }
        switch (phase) {
            case INTAKE -> refuse(Refusal.of(ErrorCode.REQUEST_TIMEOUT));
            case ROUTING -> {
                if (routing != null) {
                    routing.deadlinePassed();
                }
            }
            case CONNECTING -> {
                if (upstream != null) {
                    upstream.connectTimedOut();
                }
            }
            case WAITING -> {
                if (intake.complete() || !intake.reading()) {
                    podTimedOut(ErrorCode.FIRST_BYTE_TIMEOUT);
                } else {
                    timedOut(ErrorCode.REQUEST_TIMEOUT);
                }
            }
            case RELAYING -> podTimedOut(ErrorCode.IDLE_TIMEOUT);
            case ADMISSION, PREFILLING, ENDED -> { }
        }
    }

    private void podTimedOut(ErrorCode code) {
        // In a tunnel either side may have nothing to say.
        if (upstream != null && tunnel == null) {
            upstream.timedOut();
        }
        timedOut(code);
    }

    private void timedOut(ErrorCode code) {
        if (phase == Phase.RELAYING) {
            broken(code);
        } else {
            refuse(Refusal.of(code));
        }
    }

    /** Sets the deadline of what is waited for now; the one of the whole request comes first if it is earlier. */
    private void arm(long timeoutNanos) {
        arm(timeoutNanos, loop.nanoTime());
    }

    private void arm(long timeoutNanos, long now) {
        readNanos = now;
        if (timeoutNanos <= 0 && totalDeadlineNanos == 0) {
            noDeadline();
            return;
        }
        long next = timeoutNanos > 0 ? now + timeoutNanos : totalDeadlineNanos;
        if (totalDeadlineNanos != 0 && totalDeadlineNanos - next < 0) {
            next = totalDeadlineNanos;
        }
        deadline(next);
        if (next - now < Deadlines.LONGEST_NANOS) {
            loop.deadlines().hurry(this);
        }
    }

    // ---- for its parts

    void newEpoch(int shard, int epoch) {
        if (phase == Phase.ROUTING && routing != null) {
            routing.newEpoch(shard, epoch);
        }
    }

    boolean ended() {
        return phase == Phase.ENDED;
    }

    LoopState loop() {
        return loop;
    }

    ClientStream client() {
        return client;
    }

    Timeline timeline() {
        return timeline;
    }

    Dispatch dispatch() {
        return dispatch;
    }

    @Nullable UpstreamLeg upstream() {
        return upstream;
    }

    RequestHead head() {
        return head;
    }

    RequestIntake intake() {
        return intake;
    }

    LiveSettings settings() {
        return settings;
    }

    String id() {
        return id;
    }

    TraceContext trace() {
        return trace;
    }

    /** The key that the client has shown; null where none is asked for, or it has none. */
    @Nullable ApiKey key() {
        return key;
    }

    String target() {
        String other = renamed;
        return other == null ? target.target() : other;
    }

    /** The pod is asked for another model than the client has named, as far as the name is where it can be changed. */
    void rename(String model) {
        if (intake.renames()) {
            intake.rename(model);
        } else if (target instanceof Endpoints.Realtime) {
            renamed = QueryModel.renamed(target.target(), model);
        }
    }

    /** The call of a request that is routed. */
    Api inference() {
        Api api = target.api();
        if (api == null) {
            throw new IllegalStateException("no inference call: " + target);
        }
        return api;
    }

    @Nullable Api api() {
        return target.api();
    }

    ErrorBody errorShape() {
        return ErrorBody.of(api());
    }

    @Nullable RoutingLeg routing() {
        return routing;
    }
}
