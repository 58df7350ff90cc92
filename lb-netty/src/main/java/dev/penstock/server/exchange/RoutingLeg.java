package dev.penstock.server.exchange;

import dev.penstock.core.engine.CandidateRules;
import dev.penstock.core.engine.RoutingAttempt;
import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingRequest;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes: its attempts, one after the other, and what has failed already. Confined to the event loop of
 * its exchange, but for {@link #answered}.
 */
final class RoutingLeg implements RoutingAttempt.Owner {
    private final Exchange exchange;
    private final LoopState loop;
    private final RoutingRequest request;
    private final StrategyExpression strategy;
    private final @Nullable CandidateRules rules;
    private final @Nullable StrategyExpression shadow;
    private List<PodView> excluded = List.of();
    private @Nullable RoutingAttempt attempt;
    private int number;
    private int shard;
    private boolean waiting;
    private boolean byFallback;

    RoutingLeg(Exchange exchange, LoopState loop, RoutingRequest request, StrategyExpression strategy,
            @Nullable CandidateRules rules, @Nullable StrategyExpression shadow) {
        this.exchange = exchange;
        this.loop = loop;
        this.request = request;
        this.strategy = strategy;
        this.rules = rules;
        this.shadow = shadow;
    }

    /** Asks for an endpoint; the exchange hears {@link Exchange#chosen} or {@link Exchange#notChosen}. */
    void ask(ModelView model) {
        shard = model.shard();
        // Of one request one choice is compared.
        submit(new RoutingAttempt(request, strategy, rules, excluded, number, deadline(), this)
                .shadowedBy(number == 0 ? shadow : null));
    }

    /**
     * Asks for another endpoint than those that have failed, if that is allowed and there is one.
     *
     * @param failed the last one of them
     * @return whether it goes on
     */
    boolean retry(PodView failed, RetryReason reason) {
        ModelView model = loop.proxy().context().snapshots().current().model(request.model());
        if (number >= exchange.settings().retries().max() || model == null || !othersThan(failed, model, reason)) {
            return false;
        }
        if (reason.costsBudget() && !loop.retries().tryTake(exchange.settings().retries().budgetPercent())) {
            loop.proxy().metrics().retryRefused();
            return false;
        }
        loop.proxy().metrics().retried(reason);
        exchange.timeline().retried(reason);
        endAttempt(Usage.UNKNOWN);
        excluded = with(failed);
        number++;
        byFallback = false;
        ask(model);
        return true;
    }

    /**
     * Whether there is an endpoint that has not failed, now that one more has. The answer of an overloaded one is
     * better than one that is out; where there is no answer at all, such a one is better than none.
     */
    private boolean othersThan(PodView failed, ModelView model, RetryReason reason) {
        Candidates ready = model.ready();
        boolean any = reason != RetryReason.OVERLOADED || loop.health().quiet();
        for (int i = 0; i < ready.size(); i++) {
            PodView candidate = ready.get(i);
            if (!candidate.sameEndpoint(failed) && !isExcluded(candidate)
                    && (rules == null || rules.wants(candidate))
                    && (any || loop.health().open(candidate))) {
                return true;
            }
        }
        return false;
    }

    private boolean isExcluded(PodView candidate) {
        for (PodView other : excluded) {
            if (other.sameEndpoint(candidate)) {
                return true;
            }
        }
        return false;
    }

    private List<PodView> with(PodView failed) {
        List<PodView> more = new ArrayList<>(excluded);
        more.add(failed);
        return List.copyOf(more);
    }

    private long deadline() {
        long time = patienceNanos();
        return loop.nanoTime() + (time > 0 ? time : Long.MAX_VALUE / 4);
    }

    /** Time for the router that is asked; 0 for ever. */
    private long patienceNanos() {
        return strategy.queues() && !byFallback ? exchange.settings().queueDeadlineNanos()
                : exchange.settings().routingDeadlineNanos();
    }

    private void submit(RoutingAttempt asked) {
        attempt = asked;
        waiting = true;
        exchange.waitsForRouter(patienceNanos());
        if (!loop.submit(asked, shard)) {
            waiting = false;
            attempt = null;
            exchange.notChosen(ErrorCode.ROUTER_OVERLOADED);
        }
    }

    /** The answer of a router, on the thread that served the shard. */
    @Override
    public void answered(RoutingAttempt answered) {
        if (loop.loop().inEventLoop()) {
            loop.answers().add(this, answered);
            return;
        }
        try {
            loop.loop().execute(() -> answeredOnLoop(answered));
        } catch (RejectedExecutionException e) {
            // The loop has ended, and the request with it.
            answered.ended(Usage.UNKNOWN);
        }
    }

    void answeredOnLoop(RoutingAttempt answered) {
        assert loop.loop().inEventLoop();
        if (answered != attempt || !waiting) {
            // Too late for whoever asked: the request has ended, or this was read at the change of an epoch.
            if (answered != attempt) {
                answered.ended(Usage.UNKNOWN);
            }
            return;
        }
        waiting = false;
        Plan plan = answered.plan();
        if (plan != null) {
            exchange.chosen(plan, answered);
            return;
        }
        ErrorCode error = answered.error();
        exchange.notChosen(error == null ? ErrorCode.NO_ENDPOINT_SELECTED : error);
    }

    /** The router has not answered in time: the fallback is asked once. */
    void deadlinePassed() {
        RoutingAttempt asked = attempt;
        if (asked == null || !waiting) {
            return;
        }
        if (!asked.cancel()) {
            // The answer is about to come. Should its router never come back, the new epoch tells.
            exchange.waitsForRouter(patienceNanos());
            return;
        }
        if (byFallback) {
            waiting = false;
            attempt = null;
            exchange.notChosen(ErrorCode.ROUTING_TIMEOUT);
            return;
        }
        byFallback = true;
        submit(asked.againByFallback(deadline()));
    }

    /** A shard has a new server; what the old one was asked is asked again. */
    void newEpoch(int of, int epoch) {
        RoutingAttempt asked = attempt;
        if (asked == null || !waiting || shard != of || asked.askedInEpoch() < 0 || asked.askedInEpoch() >= epoch) {
            return;
        }
        if (asked.cancel()) {
            submit(new RoutingAttempt(request, byFallback ? StrategyExpression.FALLBACK : strategy, rules, excluded,
                    number, deadline(), this));
        } else if (asked.isDone()) {
            answeredOnLoop(asked);
        }
    }

    /** The first byte of the answer is there. */
    void firstByte() {
        RoutingAttempt asked = attempt;
        if (asked != null) {
            asked.firstByte();
        }
    }

    /** Headers that routers add to the answer: names and values, in turn. */
    List<String> responseHeaders() {
        RoutingAttempt asked = attempt;
        return asked == null ? List.of() : asked.responseHeaders();
    }

    /** The request has ended, whatever was on its way. */
    void end(Usage usage) {
        RoutingAttempt asked = attempt;
        if (asked == null) {
            return;
        }
        if (waiting) {
            waiting = false;
            attempt = null;
            // Where it cannot be canceled the answer comes, and is given back then, unless it is there already.
            if (!asked.cancel() && asked.isDone()) {
                asked.ended(Usage.UNKNOWN);
            }
            return;
        }
        endAttempt(usage);
    }

    private void endAttempt(Usage usage) {
        RoutingAttempt asked = attempt;
        attempt = null;
        if (asked != null) {
            asked.ended(usage);
        }
    }
}
