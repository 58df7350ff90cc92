package dev.penstock.core.engine;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Asks strategies what they would choose, and has none of them notice. Those that no request has asked for yet are made
 * for the question and closed after it. Confined to the thread that holds the shard.
 */
final class Explaining {

    private static final double[] NO_SUMS = {};
    private static final String CANNOT_BE_MADE = "cannot be made, or is quarantined";
    private static final String NO_SCORER = "not a scorer, and does not explain itself: cannot be asked without effect";

    private final EngineContext context;
    private final RouterSet routers;
    private final RoutingAttempt attempt;

    Explaining(EngineContext context, RouterSet routers, RoutingAttempt attempt) {
        this.context = context;
        this.routers = routers;
        this.attempt = attempt;
    }

    /**
     * Answers.
     *
     * @param question the question
     * @param model the model, or null where the fleet does not know it
     */
    void answer(Explanation question, @Nullable ModelView model) {
        List<Explanation.Account> accounts = new ArrayList<>();
        if (attempt.candidates().size() > 0) {
            RouterSet trial = new RouterSet(routers);
            for (StrategyExpression strategy : question.strategies()) {
                accounts.add(account(strategy, trial));
            }
            trial.close();
        }
        question.answered(new Explanation.Answers(attempt.promptTokens(), model == null ? List.of()
                : pods(model.endpoints()), accounts));
    }

    // ---- the pods

    private List<Explanation.Pod> pods(Candidates endpoints) {
        List<Explanation.Pod> pods = new ArrayList<>();
        Candidates candidates = attempt.candidates();
        for (int i = 0; i < candidates.size(); i++) {
            pods.add(pod(candidates.get(i), null));
        }
        for (int i = 0; i < endpoints.size(); i++) {
            PodView endpoint = endpoints.get(i);
            if (!candidates.contains(endpoint)) {
                pods.add(pod(endpoint, whyNot(endpoint)));
            }
        }
        return pods;
    }

    private Explanation.Pod pod(PodView endpoint, @Nullable String whyNot) {
        return new Explanation.Pod(endpoint, whyNot, context.figures().inFlight(endpoint),
                context.figures().pendingTokens(endpoint));
    }

    private String whyNot(PodView endpoint) {
        if (!endpoint.ready()) {
            return "not ready";
        }
        CandidateRules rules = attempt.rules();
        if (rules != null && !rules.wants(endpoint)) {
            return "its labels are not those of external-filter";
        }
        if (!context.health().open(endpoint)) {
            return context.health().standing(endpoint).state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
        if (attempt.mostInFlight() > 0 && context.figures().inFlight(endpoint) >= attempt.mostInFlight()) {
            return "as many requests in flight as the model's profile allows: " + attempt.mostInFlight();
        }
        return "not a candidate";
    }

    // ---- the strategies

    private Explanation.Account account(StrategyExpression strategy, RouterSet trial) {
        List<String> notes = new ArrayList<>();
        ShadowContext shown = new ShadowContext(attempt, strategy, notes);
        String name = strategy.items().size() == 1 ? strategy.items().getFirst().name() : "";
        Pipeline pipeline = context.strategies().pipeline(name);
        boolean begun = !routers.has(pipeline == null ? strategy.names() : pipeline.pieces());
        Decision decision = new Decision(shown.candidates());
        PodView choice = name.isEmpty() || pipeline != null ? null : explained(name, trial, shown);
        Strategy alone = name.isEmpty() ? null : context.strategies().strategy(name);
        String why = null;
        if (alone == null || alone.scores()) {
            PipelineRouter router = pipeline == null ? PipelineRouter.of(strategy, trial.random(strategy.text()), trial)
                    : PipelineRouter.of(pipeline, trial.random(name), trial);
            int chosen = router == null ? -1 : router.decide(shown, decision);
            if (choice == null && chosen >= 0) {
                choice = shown.candidates().get(chosen);
            }
            why = router == null ? CANNOT_BE_MADE : router.undecided();
        } else if (choice == null) {
            why = trial.named(name) == null ? CANNOT_BE_MADE : NO_SCORER;
        }
        return new Explanation.Account(strategy.text(), choice, choice == null ? why : null, begun, decision.pieces,
                decision.sums, List.copyOf(notes));
    }

    /** What a strategy says that it would choose; null where it does not say. */
    private @Nullable PodView explained(String name, RouterSet trial, RoutingContext shown) {
        RouterInstance instance = trial.named(name);
        PodView said = instance == null || !instance.explains ? null : instance.explain(shown);
        int index = said == null ? -1 : shown.candidates().indexOf(said);
        return index < 0 ? null : shown.candidates().get(index);
    }

    /** Writes down how a decision comes about. */
    private static final class Decision implements PipelineRouter.Log {

        private final Candidates candidates;
        private final List<Explanation.Piece> pieces = new ArrayList<>();
        private double[] sums = NO_SUMS;

        Decision(Candidates candidates) {
            this.candidates = candidates;
        }

        @Override
        public void filtered(Piece.Filtering filter, boolean[] left, @Nullable String passedOver) {
            pieces.add(new Explanation.Filtered(filter.name(), passedOver, left.clone()));
        }

        @Override
        public void scored(Piece.Scoring scorer, @Nullable String passedOver) {
            double[] raw = scorer.scores().clone();
            double[] scaled = new double[candidates.size()];
            if (passedOver == null) {
                WeightedScoring.addNormalized(raw, scorer.polarity(), 1, scaled);
            } else {
                Arrays.fill(raw, Double.NaN);
            }
            pieces.add(new Explanation.Scored(scorer.name(), passedOver, scorer.weight(),
                    scorer.polarity() == Scorer.Polarity.LEAST, raw, scaled));
        }

        @Override
        public void summed(double[] all) {
            sums = all.clone();
        }

        @Override
        public void picked(Piece.Picking picker, @Nullable String failed) {
            pieces.add(new Explanation.Picked(picker.name(), failed));
        }
    }
}
