package dev.penstock.server.exchange;

import dev.penstock.core.config.ShadowSettings;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKey;
import dev.penstock.server.tokens.PromptTokenizer;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Needs;
import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/**
 * A request from the end of its body to its router: what it asks for is looked up, its strategy agreed on, its
 * admission asked for. Confined to the event loop of its exchange.
 */
final class Dispatch {
    private static final long[] NO_HASHES = {};
    private static final int PERCENT = 100;

    private final Exchange exchange;
    private final LoopState loop;
    private final Accounts accounts;
    private @Nullable String model;
    private @Nullable ProxyRequest request;
    private RoutingTerms.@Nullable Agreed terms;
    private @Nullable StrategyExpression shadow;

    Dispatch(Exchange exchange, LoopState loop, Accounts accounts) {
        this.exchange = exchange;
        this.loop = loop;
        this.accounts = accounts;
    }

    /** The body is whole and goes to no router. */
    void taken(Endpoints.Target target) {
        exchange.preparing();
        switch (target) {
            case Endpoints.Models(String named, String path) -> models(named);
            case Endpoints.StoredResponse(String responseId, String path) -> stored(responseId);
            case Endpoints.Realtime(String named, String path) -> route(named == null ? "" : named, true, -1, null);
            case Endpoints.Inference call -> throw new IllegalStateException("routed otherwise: " + call);
            case Endpoints.Refused(ErrorCode code, String allow, String path) -> exchange.refuse(Refusal.of(code));
        }
    }

    private void models(@Nullable String named) {
        ApiKey key = exchange.key();
        if (named != null && key != null && !key.mayUse(named)) {
            exchange.refuse(Refusal.notAllowed(named));
            return;
        }
        byte[] body = OwnAnswers.models(loop.proxy().context().snapshots().current(), named, key);
        if (body == null) {
            exchange.refuse(Refusal.unknownModel(named == null ? "" : named));
        } else {
            exchange.answer(body);
        }
    }

    private void stored(String responseId) {
        PodView endpoint = loop.proxy().context().pins().find(responseId);
        if (endpoint == null) {
            exchange.waitsForPin();
            new PinLeg(this, exchange, loop).ask(loop.proxy().context().pins(), responseId);
        } else {
            exchange.chosen(endpoint);
        }
    }

    /** It is known now who holds the response; null where nobody knows. */
    void found(@Nullable PodView endpoint) {
        if (endpoint == null) {
            exchange.refuse(Refusal.of(ErrorCode.RESPONSE_NOT_FOUND));
        } else {
            exchange.chosen(endpoint);
        }
    }

    /** Enough of the body is known: admits and routes the request. */
    void route(String named, boolean stream, long maxTokens, @Nullable String bodyUser) {
        exchange.preparing();
        model = named;
        ApiKey key = exchange.key();
        if (key != null && !key.mayUse(named)) {
            // Before it is looked up: whether others have such a model is none of the client's business.
            exchange.refuse(Refusal.notAllowed(named));
            return;
        }
        Fleet fleet = loop.proxy().context().snapshots().current();
        Model found = fleet.model(named);
        if (found == null) {
            exchange.refuse(Refusal.unknownModel(named));
            return;
        }
        Model target = SplitTarget.of(found, fleet, loop.random());
        accounts.model(loop.proxy().metrics().model(target.name()));
        if (target.ready().size() == 0) {
            loop.proxy().wakeUps().wanted(target, loop.loop(), loop.pool(), loop.random());
            exchange.refuse(Refusal.notServed(target, named));
            return;
        }
        if (!target.name().equals(found.name())) {
            exchange.rename(target.name());
        }
        switch (RoutingTerms.of(exchange, target, maxTokens)) {
            case RoutingTerms.Agreed agreed -> {
                terms = agreed;
                shadow = shadow();
                admit(shown(agreed, target.name(), stream, maxTokens, bodyUser), agreed);
            }
            case RoutingTerms.Refused(Refusal refusal) -> exchange.refuse(refusal);
        }
    }

    /** The strategy that decides as well and is not used; null for none, or where it is not this request's turn. */
    private @Nullable StrategyExpression shadow() {
        ShadowSettings settings = exchange.settings().shadow();
        return !settings.on() || settings.percent() <= loop.random().nextInt(PERCENT) ? null
                : loop.proxy().context().strategies().parse(settings.strategy());
    }

    /** What has to be prepared: for the shadow as well, unless that cannot be. */
    private Needs needs(StrategyExpression agreed) {
        Needs both = shadow == null ? null : StrategyCatalog.both(agreed.needs(), shadow.needs());
        return both == null ? agreed.needs() : both;
    }

    private ProxyRequest shown(RoutingTerms.Agreed agreed, String named, boolean stream, long maxTokens,
            @Nullable String bodyUser) {
        RequestHead head = exchange.head();
        RequestIntake intake = exchange.intake();
        Api api = exchange.inference();
        String user = user();
        Needs needs = needs(agreed.strategy());
        String prompt = needs.text() ? intake.prompt(api) : "";
        long[] hashes = needs.hashBlockBytes() > 0 ? intake.prefixHashes(api, named, needs.hashBlockBytes())
                : NO_HASHES;
        return new ProxyRequest(exchange.id(), named, api, stream, exchange.timeline().arrivalNanos(),
                intake.bytesKnown(), maxTokens, user == null || user.isEmpty() ? bodyUser : user, prompt, hashes,
                ProxyRequest.NO_TOKENS, head.header(HeaderNames.SESSION_ID), head.header(HeaderNames.SESSION_KEY),
                HeaderValues.isTrue(head.header(HeaderNames.ROUTING)), Wishes.of(head), agreed.named(),
                agreed.routingConfig());
    }

    /** The user that its key or its head names, or null. */
    private @Nullable String user() {
        ApiKey key = exchange.key();
        return key == null || key.user() == null ? exchange.head().header(HeaderNames.USER) : key.user();
    }

    private void admit(ProxyRequest shown, RoutingTerms.Agreed agreed) {
        request = shown;
        Admission port = loop.proxy().context().admission();
        RequestHead head = exchange.head();
        String user = user();
        ApiKey key = exchange.key();
        if (!port.wants(agreed.rate(), user, key)) {
            admitted(shown);
            return;
        }
        exchange.waitsForAdmission();
        AdmissionLeg leg = new AdmissionLeg(this, loop, shown);
        accounts.admission(leg);
        leg.ask(port, agreed.rate(), user, exchange.api() == Api.REALTIME
                ? WebSocketHandshake.authorization(head) : head.header(HeaderNames.AUTHORIZATION), key,
                exchange.intake().tokensAsked(shown.maxTokens()));
    }

    /** The request may go on. */
    void admitted(ProxyRequest shown) {
        request = shown;
        accounts.lease(loop.proxy().context().tracker().begin(exchange.id(), shown.model()));
        Model found = loop.proxy().context().snapshots().current().model(shown.model());
        RoutingTerms.Agreed how = terms;
        if (found == null || how == null) {
            exchange.refuse(Refusal.unknownModel(shown.model()));
            return;
        }
        String needed = needs(how.strategy()).tokenizer();
        PromptTokenizer tokenizer = needed == null ? null : loop.proxy().context().tokenizers().find(needed, found);
        if (tokenizer == null) {
            exchange.routes(new RoutingLeg(exchange, loop, shown, how.strategy(), how.rules(), shadow), found);
            return;
        }
        exchange.waitsForTokens();
        TokenLeg leg = new TokenLeg(this, exchange, loop, shown);
        accounts.tokens(leg);
        leg.ask(tokenizer, found);
    }

    /** The prompt has become tokens, or goes on without. */
    void tokenized(ProxyRequest shown) {
        request = shown;
        Model found = loop.proxy().context().snapshots().current().model(shown.model());
        RoutingTerms.Agreed how = terms;
        if (found == null || how == null) {
            exchange.refuse(Refusal.unknownModel(shown.model()));
        } else {
            exchange.routes(new RoutingLeg(exchange, loop, shown, how.strategy(), how.rules(), shadow), found);
        }
    }

    /** The request may not go on. */
    void refused(Refusal refusal) {
        exchange.refuse(refusal);
    }

    /** The model that the client named; null where that is not known yet. */
    @Nullable String model() {
        return model;
    }

    /** What routers are shown; null where the request did not get that far. */
    @Nullable ProxyRequest request() {
        return request;
    }

    /** How its pod is chosen; null where the request did not get that far, or needs no choice. */
    @Nullable StrategyExpression strategy() {
        return terms == null ? null : terms.strategy();
    }

    /** Name of the profile that was chosen in the client's place; null where it was not. */
    @Nullable String profile() {
        return terms == null ? null : terms.profile();
    }

    /** No endpoint was chosen. */
    Refusal notChosen(ErrorCode code) {
        ProxyRequest shown = request;
        return Refusal.notChosen(code, shown == null ? "" : shown.model(), terms == null ? 0 : terms.mostInFlight());
    }

    /** Whether the client wants a stream, as far as is known. */
    boolean streams() {
        ProxyRequest shown = request;
        return shown != null && shown.stream();
    }
}
