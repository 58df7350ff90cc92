package dev.penstock.routers.pd;

import dev.penstock.routers.pd.Notes.Note;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a prompt costs at each prefill pod that is left, by policy. Confined to one thread. */
final class PrefillCosts {

    private static final String PREFIX_MATCH = "prefix-match";
    private static final int ASSUMED_TOKENS = 512;
    private static final double MILLIS_PER_SECOND = 1000;
    private static final double PERCENT_WEIGHT = .1;

    private final RouterEnvironment environment;
    private final double deviationFactor;
    private @Nullable Scorer prefixMatch;
    // Of the candidates, by their place; NaN for none.
    private double[] shares = {};
    private boolean anyShare;

    PrefillCosts(RouterEnvironment environment, double deviationFactor) {
        this.environment = environment;
        // Less than none would leave out the pods with the fewest requests, too.
        this.deviationFactor = Math.max(0, deviationFactor);
    }

    /**
     * Sets the costs of all that are left; those that have far more requests than the mean are not to be chosen.
     *
     * @return the highest cost of the others; 0 where all cost nothing
     */
    double set(RoutingContext context, Legs prefills, PrefillPolicy policy, Reports reports) {
        anyShare = policy != PrefillPolicy.LEAST_REQUEST && match(context);
        double limit = prefills.mean() + deviationFactor * prefills.deviation();
        double perRequest = 1 / Math.max(1.0, prefills.most());
        double tokens = (double) context.promptTokens();
        double highest = 0;
        for (int i = prefills.first(); i < prefills.end(); i++) {
            int requests = prefills.requests(i);
            if (requests > limit) {
                prefills.cost(i, Double.POSITIVE_INFINITY);
                continue;
            }
            double cost = switch (policy) {
                case PREFIX_CACHE -> (100 - 100 * share(prefills.place(i))) * PERCENT_WEIGHT + requests * perRequest;
                case LEAST_REQUEST -> requests;
                case CONDUCTOR -> conductor(requests, reports.prefillSeconds(prefills.slot(i)), tokens,
                        share(prefills.place(i)));
            };
            prefills.cost(i, cost);
            if (cost > highest) {
                highest = cost;
            }
        }
        return highest;
    }

    /** Tells what was missing for the one that was chosen. */
    void tell(RoutingContext context, PrefillPolicy policy, double prefillSeconds, Notes notes) {
        if (policy != PrefillPolicy.LEAST_REQUEST && prefixMatch == null) {
            notes.tell(context, Note.NO_PREFIX_MATCH);
        }
        if (policy == PrefillPolicy.CONDUCTOR && !(prefillSeconds > 0)) {
            notes.tell(context, Note.NO_PREFILL_TIME);
        }
    }

    /** Asks what pods hold of the prompt; whether any may hold some. */
    private boolean match(RoutingContext context) {
        if (prefixMatch == null) {
            prefixMatch = environment.scorer(PREFIX_MATCH);
        }
        // Of a prompt of less than a block nothing is cached.
        if (prefixMatch == null || context.request().prefixHashes().length == 0) {
            return false;
        }
        int size = context.candidates().size();
        if (shares.length != size) {
            shares = new double[size];
        }
        Arrays.fill(shares, Double.NaN);
        prefixMatch.score(context, shares);
        return true;
    }

    private double share(int place) {
        return anyShare && shares[place] > 0 ? shares[place] : 0;
    }

    /**
     * Milliseconds until a prompt is computed.
     *
     * @param requests whose prompts come first
     * @param seconds of a prefill, mean; NaN where that is not known
     * @param tokens of the prompt
     * @param share of it that is cached
     */
    static double conductor(int requests, double seconds, double tokens, double share) {
        double each = seconds > 0 ? seconds * MILLIS_PER_SECOND : computeMillis(ASSUMED_TOKENS);
        double cached = tokens * share;
        double transfer = cached > 0 ? .005 * cached + 1 : 0;
        return requests * each + transfer + computeMillis(tokens - cached);
    }

    private static double computeMillis(double tokens) {
        return tokens > 0 ? .001 * tokens * Math.sqrt(tokens) + 5 : 0;
    }
}
