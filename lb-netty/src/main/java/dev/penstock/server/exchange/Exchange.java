package dev.penstock.server.exchange;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Timeouts;
import dev.penstock.core.engine.LabelSelector;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.Admission;
import dev.penstock.server.relay.ErrorBody;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
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
    private enum Phase { INTAKE, ADMISSION, ROUTING, CONNECTING, WAITING, RELAYING, ENDED }

    private final LoopState loop;
    private final ClientStream client;
    private final RequestHead head;
    private final LiveSettings settings;
    private final Timeline timeline;
    private final String id;
    private final Endpoints.Target target;
    private final RequestIntake intake;
    private final Accounts accounts = new Accounts();
    private Phase phase = Phase.INTAKE;
    private long totalDeadlineNanos;
    /** The last time that was read, as whatever happens within one call happens at that time. */
    private long readNanos;
    private @Nullable String model;
    private @Nullable ProxyRequest request;
    private @Nullable StrategyExpression strategy;
    private @Nullable RoutingLeg routing;
    private @Nullable UpstreamLeg upstream;
    private @Nullable Tunnel tunnel;

    private Exchange(LoopState loop, ClientStream client, RequestHead head) {
        this.loop = loop;
        this.client = client;
        this.head = head;
        this.settings = loop.proxy().context().settings().get();
        this.readNanos = loop.nanoTime();
        this.timeline = new Timeline(readNanos);
        this.id = RequestIds.of(head, loop.random());
        this.target = Endpoints.of(head.method(), head.target());
        this.intake = new RequestIntake(this, loop, head, settings);
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
        arm(settings.timeouts().bodyNanos(), readNanos);
        Refusal refused = intake.start(target);
        if (refused != null) {
            refuse(refused);
        }
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
        if (phase == Phase.INTAKE || (phase == Phase.WAITING && !intake.complete())) {
            arm(settings.timeouts().bodyNanos());
        }
        intake.body(bytes, last);
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
        loop.proxy().metrics().error(ErrorCode.CLIENT_GONE);
        end(usage, ErrorCode.CLIENT_GONE.status(), ErrorCode.CLIENT_GONE);
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
        timeline.enter(Timeline.Span.PREPARING, readNanos);
        switch (target) {
            case Endpoints.Models(String model, String path) -> models(model);
            case Endpoints.StoredResponse(String responseId, String path) -> stored(responseId);
            case Endpoints.Realtime(String model, String path) -> route(model == null ? "" : model, true, -1, null);
            case Endpoints.Inference call -> throw new IllegalStateException("routed otherwise: " + call);
            case Endpoints.Refused(ErrorCode code, String allow, String path) -> refuse(Refusal.of(code));
        }
    }

    private void models(@Nullable String name) {
        byte[] body = OwnAnswers.models(loop.proxy().context().snapshots().current(), name);
        if (body == null) {
            refuse(Refusal.unknownModel(name == null ? "" : name));
            return;
        }
        int status = 200;
        loop.proxy().metrics().answered(null, status);
        timeline.wrote(body.length);
        end(Usage.UNKNOWN, status, null);
        OwnAnswers.answer(this, body);
    }

    private void stored(String responseId) {
        PodView endpoint = loop.proxy().context().pins().find(responseId);
        if (endpoint == null) {
            refuse(Refusal.of(ErrorCode.RESPONSE_NOT_FOUND));
        } else {
            chosen(endpoint, readNanos);
        }
    }

    /** Enough of the body is known: admits and routes the request. */
    void route(String modelName, boolean stream, long maxTokens, @Nullable String bodyUser) {
        timeline.enter(Timeline.Span.PREPARING, readNanos);
        model = modelName;
        ModelView found = loop.proxy().context().snapshots().current().model(modelName);
        if (found == null) {
            refuse(Refusal.unknownModel(modelName));
            return;
        }
        accounts.model(loop.proxy().metrics().model(found.name()));
        RoutingTerms terms = RoutingTerms.of(head, found, settings.strategy(), loop.proxy().context().strategies());
        if (terms instanceof RoutingTerms.Agreed agreed) {
            strategy = agreed.strategy();
            admit(shown(agreed.strategy(), modelName, stream, maxTokens, bodyUser), agreed.filter());
        } else if (terms instanceof RoutingTerms.Refused refused) {
            refuse(refused.refusal());
        }
    }

    private ProxyRequest shown(StrategyExpression agreed, String named, boolean stream, long maxTokens,
            @Nullable String bodyUser) {
        String user = head.header(HeaderNames.USER);
        String prompt = Proxy.needsPrompt(agreed.needs()) ? intake.prompt(inference()) : "";
        return new ProxyRequest(id, named, inference(), stream, timeline.arrivalNanos(), intake.bytesKnown(), maxTokens,
                user == null || user.isEmpty() ? bodyUser : user, prompt, head.header(HeaderNames.SESSION_ID),
                head.header(HeaderNames.SESSION_KEY));
    }

    private void admit(ProxyRequest shown, @Nullable LabelSelector filter) {
        request = shown;
        Admission port = loop.proxy().context().admission();
        if (port == Admission.UNLIMITED) {
            admitted(shown, filter);
            return;
        }
        phase = Phase.ADMISSION;
        noDeadline();
        timeline.enter(Timeline.Span.ADMISSION, loop.nanoTime());
        AdmissionLeg leg = new AdmissionLeg(this, loop, shown, filter);
        accounts.admission(leg);
        leg.ask(port, head.header(HeaderNames.USER), api() == Api.REALTIME
                ? WebSocketHandshake.authorization(head) : head.header(HeaderNames.AUTHORIZATION));
    }

    /** The request may go on. */
    void admitted(ProxyRequest shown, @Nullable LabelSelector filter) {
        request = shown;
        accounts.lease(loop.proxy().context().tracker().begin(id, shown.model()));
        ModelView found = loop.proxy().context().snapshots().current().model(shown.model());
        StrategyExpression how = strategy;
        if (found == null || how == null) {
            refuse(Refusal.unknownModel(shown.model()));
            return;
        }
        RoutingLeg leg = new RoutingLeg(this, loop, shown, how, filter);
        routing = leg;
        leg.ask(found);
    }

    /** A router has been asked. */
    void waitsForRouter() {
        phase = Phase.ROUTING;
        arm(settings.routingDeadlineNanos());
        timeline.enter(Timeline.Span.MAILBOX, readNanos);
    }

    /** No endpoint was chosen. */
    void notChosen(ErrorCode code) {
        ProxyRequest shown = request;
        refuse(Refusal.notChosen(code, shown == null ? "" : shown.model()));
    }

    // ---- to the pod and back

    /**
     * An endpoint was chosen.
     *
     * @param servedNanos when it was asked for
     */
    void chosen(PodView endpoint, long servedNanos) {
        long now = loop.nanoTime();
        timeline.routed(servedNanos, now);
        timeline.enter(Timeline.Span.SENDING, now);
        UpstreamLeg before = upstream;
        UpstreamLeg leg = before == null ? new UpstreamLeg(this, loop) : before;
        upstream = leg;
        leg.start(endpoint);
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
            arm(settings.timeouts().bodyNanos());
        } else {
            waitForFirstByte();
        }
        timeline.enter(Timeline.Span.WAITING, readNanos);
    }

    private void waitForFirstByte() {
        ProxyRequest shown = request;
        Timeouts timeouts = settings.timeouts();
        arm(shown != null && shown.stream() ? timeouts.firstByteNanos() : timeouts.unaryFirstByteNanos());
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
        if (routing != null) {
            routing.firstByte();
        }
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
    }

    /** Bytes of the answer have moved. */
    void progress() {
        arm(idleNanos());
        if (timeline.span() == Timeline.Span.ANSWERING) {
            timeline.enter(Timeline.Span.RELAYING, readNanos);
        }
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
        assert phase != Phase.ENDED;
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
            ProxyRequest shown = request;
            loop.proxy().metrics().overhead(timeline.ownNanos());
            accounts.took(timeline, shown != null && shown.stream());
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
            case WAITING -> timedOut(intake.complete() ? ErrorCode.FIRST_BYTE_TIMEOUT : ErrorCode.REQUEST_TIMEOUT);
            case RELAYING -> timedOut(ErrorCode.IDLE_TIMEOUT);
            case ADMISSION, ENDED -> { }
        }
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

    /** The model that the client named; null where that is not known yet. */
    @Nullable String model() {
        return model;
    }

    @Nullable ProxyRequest request() {
        return request;
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

    String target() {
        return target.target();
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
        Api api = api();
        return api == Api.MESSAGES ? ErrorBody.ANTHROPIC
                : api == Api.RESPONSES ? ErrorBody.RESPONSES : ErrorBody.OPENAI;
    }

    @Nullable StrategyExpression strategy() {
        return strategy;
    }

    @Nullable RoutingLeg routing() {
        return routing;
    }
}
