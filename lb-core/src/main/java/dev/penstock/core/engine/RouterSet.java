package dev.penstock.core.engine;

import dev.penstock.spi.Filter;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Picker;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.Scorer;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The router instances of one shard: one for each strategy name that was asked for, and what is made of them by
 * expressions. Confined to the thread that holds the shard.
 */
final class RouterSet {

    private static final Logger LOG = System.getLogger(RouterSet.class.getName());
    private static final int MAX_EXPRESSIONS = 256;
    private static final int KV_EVENTS_PER_TURN = 64;
    // Not the text of one: the name is the label of a metric, and clients choose the text.
    private static final String EXPRESSION = "expression";
    private static final long MAKE_AGAIN_NANOS = 10_000_000_000L;

    private final EngineContext context;
    private final RoutingEngine engine;
    private final Set<String> quarantined;
    private final LastResort lastResort;
    private final LoadEstimates estimates;
    // Where these are for a question only: the routers that requests ask.
    private final @Nullable RouterSet shard;
    private final Map<String, RouterInstance> byName = new LinkedHashMap<>();
    // Strategies that could not be made, and when that is tried again.
    private final Map<String, Long> makeAgainAtNanos = new HashMap<>();
    // By its text, which clients choose: the least recently used one goes.
    private final Map<String, RouterInstance> expressions = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, RouterInstance> eldest) {
            return size() > MAX_EXPRESSIONS;
        }
    };
    // Another array for each that is made: whoever walks it may be the one for whom another is made.
    private RouterInstance[] instances = {};
    private boolean observed;
    private volatile @Nullable String calling;

    RouterSet(EngineContext context, RoutingEngine engine, Set<String> quarantined) {
        this.context = context;
        this.engine = engine;
        this.quarantined = Set.copyOf(quarantined);
        this.lastResort = new LastResort(new SplittableRandom(context.seed()));
        this.estimates = new LoadEstimates(context.snapshots(), context.forecasts(), random("predictions"));
        this.shard = null;
    }

    /**
     * Routers for a question: those of the shard, and where there is none yet, one that is made for it, tells nobody,
     * and is closed with this.
     */
    RouterSet(RouterSet shard) {
        this.context = shard.context;
        this.engine = shard.engine;
        this.quarantined = shard.quarantined;
        this.lastResort = shard.lastResort;
        this.estimates = shard.estimates;
        this.shard = shard;
    }

    LastResort lastResort() {
        return lastResort;
    }

    LoadEstimates estimates() {
        return estimates;
    }

    int expressions() {
        return expressions.size();
    }

    /** The router of an expression; null where the fallback stands in for it. */
    @Nullable RouterInstance of(StrategyExpression expression) {
        List<StrategyExpression.Item> items = expression.items();
        if (items.isEmpty()) {
            return null;
        }
        if (items.size() == 1) {
            return named(items.getFirst().name());
        }
        RouterInstance known = expressions.get(expression.text());
        if (known != null) {
            return known;
        }
        if (quarantined.contains(expression.text())) {
            return null;
        }
        RouterInstance made = combined(expression);
        if (made != null) {
            expressions.put(expression.text(), made);
        }
        return made;
    }

    private @Nullable RouterInstance combined(StrategyExpression expression) {
        Router scoring = PipelineRouter.of(expression, random(expression.text()), this);
        return scoring == null ? null : ours(EXPRESSION, scoring);
    }

    /**
     * The router that is asked as a shadow; null where there is none. What goes by scores alone leaves nothing behind,
     * so it is the one that all use; any other strategy has an instance of its own for it.
     */
    @Nullable RouterInstance shadow(StrategyExpression expression) {
        List<StrategyExpression.Item> items = expression.items();
        Strategy strategy = items.size() == 1 ? context.strategies().strategy(items.getFirst().name()) : null;
        if (strategy == null) {
            return of(expression);
        }
        Strategy own = strategy.asShadow();
        RouterInstance known = byName.get(own.name());
        return known != null || quarantined.contains(own.name()) ? known : instance(own);
    }

    /** An instance of the host's own code. */
    private RouterInstance ours(String name, Router router) {
        return new RouterInstance(name, router, this, caller(name, RouterSet.class.getClassLoader()));
    }

    /** The instance of a strategy, made if there is none yet; null where it cannot be. */
    @Nullable RouterInstance named(String name) {
        RouterInstance known = known(name);
        if (known != null) {
            return known;
        }
        if (quarantined.contains(name)) {
            return null;
        }
        Pipeline pipeline = context.strategies().pipeline(name);
        if (pipeline != null) {
            RouterInstance made = ours(name, PipelineRouter.of(pipeline, random(name), this));
            byName.put(name, made);
            return made;
        }
        Strategy strategy = context.strategies().strategy(name);
        return strategy == null ? null : instance(strategy);
    }

    private @Nullable RouterInstance instance(Strategy strategy) {
        String name = strategy.name();
        Long notBefore = makeAgainAtNanos.get(name);
        if (notBefore != null && nowNanos() - notBefore < 0) {
            return null;
        }
        // Until it is made: a router that asks for itself while it is being made would be made without end.
        makeAgainAtNanos.put(name, nowNanos() + MAKE_AGAIN_NANOS);
        if (!strategy.servedOnLoop() && shard == null) {
            engine.host().leaveEventLoops();
        }
        RouterInstance made = make(strategy);
        if (made != null) {
            makeAgainAtNanos.remove(name);
            byName.put(name, made);
            instances = Arrays.copyOf(instances, instances.length + 1);
            instances[instances.length - 1] = made;
            observed |= made.wantsFirstByte || made.wantsEnded;
        }
        return made;
    }

    private @Nullable RouterInstance make(Strategy strategy) {
        ShardEnvironment environment = new ShardEnvironment(strategy, this, context, random(strategy.name()));
        Caller caller = caller(strategy.name(), strategy.provider().getClass().getClassLoader());
        String outer = enter(strategy.name());
        ClassLoader host = caller.begin();
        try {
            Router router = strategy.provider().create(environment);
            RouterInstance made = new RouterInstance(strategy.name(), router, this, caller);
            if (shard == null) {
                caller.figures().made();
            }
            environment.belongsTo(made);
            Strategy.Traits traits = strategy.traits();
            said(strategy, traits.scores(), Scorer.class, router);
            said(strategy, traits.filters(), Filter.class, router);
            said(strategy, traits.picks(), Picker.class, router);
            return made;
        } catch (ShardLostException e) {
            throw e;
        } catch (Throwable e) {
            LOG.log(Level.WARNING, () -> "strategy " + strategy.name() + " cannot be made", e);
            caller.figures().threw();
            failed(strategy.name());
            return null;
        } finally {
            caller.end(host);
            leave(outer);
        }
    }

    // Complained of when it is made, once for the shard, and not with each request that goes without it.
    private void said(Strategy strategy, boolean promised, Class<? extends Router> type, Router router) {
        if (promised && !type.isInstance(router)) {
            LOG.log(Level.WARNING, () -> "strategy " + strategy.name() + " (" + strategy.source() + "): its provider "
                    + "says that it is a " + strategy.traits().kind() + ", but " + router.getClass().getName()
                    + " is no " + type.getName() + ": expressions with it are answered by the fallback, and pipelines "
                    + "pass it over");
            failed(strategy.name());
        }
    }

    private Caller caller(String name, @Nullable ClassLoader classes) {
        return new Caller(context.metrics().strategy(name), context.metrics().clock(), classes);
    }

    /** Whether these are for a question only. */
    boolean forQuestion() {
        return shard != null;
    }

    /** Whether requests have asked for all of these already. */
    boolean has(List<String> names) {
        return byName.keySet().containsAll(names);
    }

    private @Nullable RouterInstance known(String name) {
        RouterInstance own = byName.get(name);
        return own == null && shard != null ? shard.byName.get(name) : own;
    }

    SplittableRandom random(String name) {
        return new SplittableRandom(context.seed() * 31 + name.hashCode());
    }

    // ---- telling all instances

    /** Whether any instance wants to hear of first bytes or ends. */
    boolean observed() {
        return observed;
    }

    void chosen(RoutingAttempt attempt, Plan plan) {
        for (RouterInstance instance : instances) {
            if (instance.wantsChosen) {
                instance.chosen(attempt, plan);
            }
        }
    }

    void firstByte(RoutingAttempt attempt, PodView endpoint) {
        for (RouterInstance instance : instances) {
            if (instance.wantsFirstByte) {
                instance.firstByte(attempt, endpoint);
            }
        }
    }

    void ended(RoutingAttempt attempt, PodView endpoint, Usage usage) {
        for (RouterInstance instance : instances) {
            if (instance.wantsEnded) {
                instance.ended(attempt, endpoint, usage);
            }
        }
    }

    /** Tells the router that was asked, if it wants to know. */
    void revoked(RoutingAttempt attempt) {
        RouterInstance instance = known(attempt.strategy());
        if (instance != null && instance.wantsRevoked) {
            instance.revoked(attempt);
        }
    }

    /** Tells of changes of KV caches: a bounded share of those that wait. */
    void kvEvents(Mailbox from) {
        for (int i = 0; i < KV_EVENTS_PER_TURN; i++) {
            KvEvent event = from.pollKvEvent();
            if (event == null) {
                return;
            }
            kvEvent(event);
        }
    }

    private void kvEvent(KvEvent event) {
        if (!(event instanceof KvEvent.Expected)) {
            // An engine tells it once: whoever keeps it has to be there.
            context.strategies().keepingKvEvents().forEach(this::named);
        }
        for (RouterInstance instance : instances) {
            if (instance.wantsKvEvents) {
                instance.kvEvent(event);
            }
        }
    }

    void snapshotChanged(Snapshot before, Snapshot now) {
        for (RouterInstance instance : instances) {
            if (instance.wantsRemovals) {
                tellRemovals(instance, before, now);
            }
            if (instance.wantsSnapshots) {
                instance.snapshotChanged(now);
            }
        }
    }

    private static void tellRemovals(RouterInstance instance, Snapshot before, Snapshot now) {
        for (int slot = 0; slot < before.slots(); slot++) {
            PodView endpoint = before.endpoint(slot);
            if (endpoint != null && !now.contains(endpoint)) {
                instance.podRemoved(endpoint);
            }
        }
    }

    void wake(long nowNanos) {
        long next = Long.MAX_VALUE;
        for (RouterInstance instance : instances) {
            next = Math.min(next, instance.wake(nowNanos));
        }
        if (next != Long.MAX_VALUE) {
            engine.host().wakeAt(next);
        }
    }

    void invalidAnswer(RoutingAttempt attempt) {
        RouterInstance instance = known(attempt.strategy());
        if (instance != null) {
            instance.answeredBadly(new IllegalStateException("answered an endpoint that is not a candidate"));
        }
    }

    /** The figures of what an attempt asked for. */
    StrategyFigures figures(RoutingAttempt attempt) {
        List<StrategyExpression.Item> items = attempt.strategy().items();
        return context.metrics().strategy(items.size() == 1 ? items.getFirst().name() : EXPRESSION);
    }

    void answeredWell(RoutingAttempt attempt) {
        RouterInstance instance = known(attempt.strategy());
        if (instance != null) {
            instance.answeredWell();
        }
    }

    // Makes none: an answer is settled where code of a plugin must not run.
    private @Nullable RouterInstance known(StrategyExpression expression) {
        List<StrategyExpression.Item> items = expression.items();
        return items.size() == 1 ? byName.get(items.getFirst().name()) : expressions.get(expression.text());
    }

    void close() {
        for (RouterInstance instance : instances) {
            instance.close();
        }
    }

    // ---- the fence

    @Nullable String calling() {
        return calling;
    }

    /** Begins a call of a plugin's code; the name of the call that it happens within, or null. */
    @Nullable String enter(String name) {
        if (shard != null) {
            return shard.enter(name);
        }
        String outer = calling;
        calling = name;
        engine.enterRouter();
        return outer;
    }

    void leave(@Nullable String outer) {
        if (shard != null) {
            shard.leave(outer);
            return;
        }
        engine.leaveRouter();
        calling = outer;
    }

    void left() {
        engine.routerLeft();
    }

    void failed(String name) {
        context.metrics().failure(name);
    }

    void passedOver(String pipeline, String piece, String reason) {
        context.metrics().passedOver(pipeline, piece, reason);
    }

    long nowNanos() {
        return engine.nowNanos();
    }

    void wakeAt(RouterInstance instance, long nanoTime) {
        instance.wakeAt(nanoTime);
        engine.host().wakeAt(nanoTime);
    }
}
