package dev.penstock.server.exchange;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.engine.Explanation;
import dev.penstock.core.engine.PromptTokens;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.model.Fleet;
import dev.penstock.core.model.Model;
import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyRules;
import dev.penstock.server.body.BodyScanner;
import dev.penstock.server.body.PrefixHasher;
import dev.penstock.server.body.PromptText;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.server.body.Violation;
import dev.penstock.server.tokens.Fallback;
import dev.penstock.server.tokens.LocalTokenizer;
import dev.penstock.server.tokens.TokenSink;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Needs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Says what would become of requests: reads and prepares one as the path of requests does, asks strategies what they
 * would choose, and sends nothing. Confined to one thread, which is no event loop of traffic; what it answers may come
 * from another one.
 */
public final class Previews {

    private static final long PATIENCE_SECONDS = 5;
    private static final int GATEWAY_TIMEOUT = 504;
    private static final int MOST_STRATEGIES = 64;
    private static final long[] NO_HASHES = {};
    private static final String ID = "explained";

    private final ProxyContext context;
    private final Supplier<? extends ScheduledExecutorService> timer;
    private final BodyScanner scanner = new BodyScanner(new ScanScratch());
    private final PrefixHasher hasher;
    private final SplittableRandom random;

    /**
     * Previews of the requests of a path.
     *
     * @param timer gives up what takes too long; asked when one is made
     */
    public Previews(ProxyContext context, Supplier<? extends ScheduledExecutorService> timer) {
        this.context = context;
        this.timer = timer;
        this.hasher = new PrefixHasher(context.limits().prefixSeed());
        this.random = new SplittableRandom(context.limits().seed());
    }

    /** Ends a preview with an answer. */
    private static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Preview.Refused refused;

        RefusedException(Preview.Refused refused) {
            super(refused.message(), null, false, false);
            this.refused = refused;
        }

        RefusedException(Refusal refusal) {
            this(new Preview.Refused(refusal.code().status(),
                    Objects.requireNonNullElse(refusal.code().code(), refusal.code().label()), refusal.message(),
                    refusal.param()));
        }
    }

    /**
     * What would become of a request.
     *
     * @param head its head
     * @param body its body, whole
     * @param strategies the strategies that are asked; empty for all that score, and the one that it would be routed by
     */
    public CompletableFuture<Preview> of(RequestHead head, byte[] body, List<String> strategies) {
        ByteBuf bytes = Unpooled.wrappedBuffer(body);
        try {
            return ask(head, bytes, strategies);
        } catch (RefusedException e) {
            return CompletableFuture.completedFuture(e.refused);
        } finally {
            bytes.release();
        }
    }

    private CompletableFuture<Preview> ask(RequestHead head, ByteBuf body, List<String> strategies) {
        Api api = api(head);
        BodyFacts facts = facts(body, api);
        LiveSettings settings = context.settings().get();
        String named = Objects.requireNonNullElse(facts.model(), "");
        Fleet fleet = context.snapshots().current();
        Model found = fleet.model(named);
        if (found == null) {
            throw new RefusedException(Refusal.unknownModel(named));
        }
        Model model = SplitTarget.of(found, fleet, random);
        long promptTokens = api == Api.EMBEDDINGS ? -1 : PromptTokens.of(facts.promptBytes());
        RoutingTerms.Agreed terms = switch (RoutingTerms.of(head, model, promptTokens, facts.maxTokens(), settings,
                context.strategies())) {
            case RoutingTerms.Agreed agreed -> agreed;
            case RoutingTerms.Refused(Refusal refusal) -> throw new RefusedException(refusal);
        };
        List<String> unprepared = new ArrayList<>();
        List<StrategyExpression> asked = new ArrayList<>();
        Needs needs = prepare(strategies.isEmpty() ? usual(terms.strategy()) : parsed(strategies), asked, unprepared);
        Explanation question = new Explanation(asked);
        ProxyRequest request = request(new Source(head, body, facts, api), model.name(), terms, needs);
        Asked about = new Asked(model, terms, question, new CompletableFuture<>(),
                new Preview.Routed(named, model.name(), terms.strategy().text(), unprepared, question));
        String needed = needs.tokenizer();
        if (needed != null && context.tokenizers().find(needed, model) instanceof LocalTokenizer local) {
            tokenize(local, PromptText.of(facts, body, api), request, about);
        } else {
            submit(request, about);
        }
        return about.answer();
    }

    /**
     * What is asked.
     *
     * @param model the model that the request goes to
     * @param terms how it would be routed
     * @param question what the shard is asked
     * @param answer the answer to come
     * @param routed the answer where all goes well
     */
    private record Asked(Model model, RoutingTerms.Agreed terms, Explanation question,
            CompletableFuture<Preview> answer, Preview.Routed routed) {}

    /** Goes on with the tokens of the prompt, or after their time without. */
    private void tokenize(LocalTokenizer local, String text, ProxyRequest request, Asked about) {
        AtomicBoolean decided = new AtomicBoolean();
        ScheduledExecutorService here = timer.get();
        Consumer<ProxyRequest> goOn = made -> {
            if (decided.compareAndSet(false, true)) {
                here.execute(() -> submit(made, about));
            }
        };
        local.begin(text, new TokenSink() {
            @Override
            public void tokens(int[] tokens) {
                goOn.accept(request.with(tokens));
            }

            @Override
            public void none(Fallback why) {
                goOn.accept(request);
            }
        });
        here.schedule(() -> goOn.accept(request), local.deadlineNanos(), TimeUnit.NANOSECONDS);
    }

    private void submit(ProxyRequest request, Asked about) {
        RoutingAttempt attempt = RoutingAttempt.explaining(request, about.terms().rules(), about.question(),
                context.clock().nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS),
                done -> about.answer().complete(about.routed()));
        if (!context.dispatcher().submit(attempt, about.model().shard())) {
            about.answer().complete(new RefusedException(Refusal.of(ErrorCode.ROUTER_OVERLOADED)).refused);
            return;
        }
        // Should a router not come back, nobody else tells.
        Future<?> deadline = timer.get().schedule(() -> {
            attempt.cancel();
            about.answer().complete(new Preview.Refused(GATEWAY_TIMEOUT, ErrorCode.ROUTING_TIMEOUT.label(),
                    "no answer within " + PATIENCE_SECONDS + " s", null));
        }, PATIENCE_SECONDS, TimeUnit.SECONDS);
        about.answer().whenComplete((preview, failure) -> deadline.cancel(false));
    }

    private static Api api(RequestHead head) {
        if (Endpoints.of("POST", head.target()) instanceof Endpoints.Inference(Api api, String target)
                && !api.multipart()) {
            return api;
        }
        throw new RefusedException(new Preview.Refused(400, "invalid_path", "path: " + head.target()
                + " (expected: that of a call with a JSON body, such as /v1/chat/completions)", "path"));
    }

    private BodyFacts facts(ByteBuf body, Api api) {
        scanner.reset(true);
        Violation violation = scanner.scan(body) ? scanner.finish() : scanner.violation();
        if (violation == null) {
            BodyFacts facts = scanner.facts();
            violation = BodyRules.check(api, facts);
            if (violation == null) {
                return facts;
            }
        }
        throw new RefusedException(Refusal.of(violation));
    }

    // ---- what is asked

    /** All that score, and the one that the request would be routed by. */
    private Set<StrategyExpression> usual(StrategyExpression own) {
        Set<StrategyExpression> usual = new LinkedHashSet<>();
        if (!own.items().isEmpty()) {
            usual.add(own);
        }
        StrategyCatalog catalog = context.strategies();
        for (String name : catalog.names()) {
            Strategy strategy = catalog.strategy(name);
            if (strategy == null || strategy.scores()) {
                usual.add(Objects.requireNonNull(catalog.parse(name)));
            }
        }
        return usual;
    }

    private Set<StrategyExpression> parsed(List<String> texts) {
        if (texts.size() > MOST_STRATEGIES) {
            throw new RefusedException(new Preview.Refused(400, "too_many_strategies",
                    "at most " + MOST_STRATEGIES + " strategies", "strategy"));
        }
        Set<StrategyExpression> parsed = new LinkedHashSet<>();
        for (String text : texts) {
            StrategyExpression strategy = context.strategies().parse(text);
            if (strategy == null) {
                throw new RefusedException(new Preview.Refused(400, "unknown_strategy", "strategy: " + text
                        + " (expected: one of " + String.join(", ", context.strategies().names())
                        + ", or an expression of those that score)", "strategy"));
            }
            parsed.add(strategy);
        }
        return parsed;
    }

    private static Needs prepare(Set<StrategyExpression> wanted, List<StrategyExpression> asked,
            List<String> unprepared) {
        Needs needs = Needs.NOTHING;
        for (StrategyExpression strategy : wanted) {
            Needs both = StrategyCatalog.both(needs, strategy.needs());
            if (both == null) {
                unprepared.add(strategy.text());
            } else {
                needs = both;
                asked.add(strategy);
            }
        }
        return needs;
    }

    /** A request as it came. */
    private record Source(RequestHead head, ByteBuf body, BodyFacts facts, Api api) {}

    private ProxyRequest request(Source from, String model, RoutingTerms.Agreed terms, Needs needs) {
        RequestHead head = from.head();
        BodyFacts facts = from.facts();
        String user = head.header(HeaderNames.USER);
        return new ProxyRequest(ID, model, from.api(), facts.stream(), context.clock().nanoTime(),
                from.body().readableBytes(), facts.maxTokens(),
                user == null || user.isEmpty() ? facts.user() : user,
                needs.text() ? PromptText.of(facts, from.body(), from.api()) : "",
                needs.hashBlockBytes() > 0
                        ? hasher.hashes(facts, from.body(), from.api(), model, needs.hashBlockBytes()) : NO_HASHES,
                ProxyRequest.NO_TOKENS, head.header(HeaderNames.SESSION_ID), head.header(HeaderNames.SESSION_KEY),
                true, Wishes.of(head), terms.named(), terms.routingConfig());
    }
}
