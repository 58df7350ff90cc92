package dev.penstock.core.engine;

import dev.penstock.spi.PodView;
import java.util.ArrayDeque;

/**
 * Asks the shadow of an attempt, if it has one. It is asked first: once the attempt is counted in flight and routers
 * have been told of it, the same question would have another answer. Confined to the thread that holds the shard.
 */
final class Shadow {

    private static final int MOST_OPEN = 1_024;
    private static final String NONE = "none";

    private final RouterSet routers;
    private final EngineMetrics metrics;
    // Not answered yet, the oldest first; looked through when another one is asked.
    private final ArrayDeque<Open> open = new ArrayDeque<>();

    /** A question that the shadow thinks about. */
    private record Open(ShadowContext question, RouterInstance instance) {}

    Shadow(RouterSet routers, EngineMetrics metrics) {
        this.routers = routers;
        this.metrics = metrics;
    }

    /** Asks; whatever comes of it, the attempt goes on. */
    void ask(ShadowContext question, long nowNanos) {
        StrategyExpression strategy = question.strategy();
        ShadowFigures counts = metrics.shadow(strategy.text());
        question.countedBy(counts);
        forget(nowNanos);
        RouterInstance instance = question.prepared() ? routers.shadow(strategy) : null;
        if (instance == null || !instance.usable(nowNanos)) {
            question.giveUp();
            return;
        }
        long began = metrics.clock().nanoTime();
        boolean whole = instance.route(question);
        counts.took(metrics.clock().nanoTime() - began);
        switch (question.answer()) {
            case null -> {
                if (whole) {
                    open.addLast(new Open(question, instance));
                } else {
                    question.giveUp();
                }
            }
            case RouterAnswer.Invalid() -> instance.answeredBadly(
                    new IllegalStateException("answered an endpoint that is not a candidate"));
            default -> {
                if (whole) {
                    instance.answeredWell();
                }
            }
        }
    }

    private void forget(long nowNanos) {
        Open oldest;
        while ((oldest = open.peekFirst()) != null && (open.size() >= MOST_OPEN || oldest.question().revoked()
                || nowNanos - oldest.question().deadlineNanos() >= 0)) {
            open.removeFirst();
            if ((oldest.question().giveUp() || oldest.question().canceled()) && oldest.instance().wantsRevoked) {
                oldest.instance().revoked(oldest.question());
            }
        }
    }

    /** Compares with what was chosen, and says so to whom it concerns. */
    static void compare(RoutingAttempt attempt, PodView chosen) {
        ShadowContext question = attempt.shadow();
        if (question == null) {
            return;
        }
        question.used(chosen);
        if (attempt.request().wantsNotes()) {
            PodView choice = question.choice();
            String said = choice == null ? NONE : choice.name();
            attempt.note("shadow=" + (HeaderRules.sendable(said) ? said : "?"));
        }
    }
}
