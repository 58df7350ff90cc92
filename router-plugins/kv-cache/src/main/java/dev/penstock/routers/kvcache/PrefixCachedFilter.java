package dev.penstock.routers.kvcache;

import dev.penstock.spi.Filter;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Pods that hold enough of the prompt, by the scores of {@code prefix-match}. */
final class PrefixCachedFilter implements Filter {

    private final @Nullable Scorer prefixMatch;
    private final double least;
    private double[] shares = new double[0];
    // Those of the last request: candidates are asked about one after the other.
    private @Nullable RoutingContext of;
    private int last;

    PrefixCachedFilter(RouterEnvironment environment) {
        prefixMatch = environment.scorer(PrefixMatchProvider.NAME);
        least = environment.decimal(PrefixCachedProvider.LEAST);
    }

    @Override
    public boolean accepts(RoutingContext context, int candidate) {
        if (prefixMatch == null || context.request().prefixHashes().length == 0) {
            return true;
        }
        if (of != context || candidate <= last) {
            of = context;
            if (shares.length != context.candidates().size()) {
                shares = new double[context.candidates().size()];
            }
            Arrays.fill(shares, Double.NaN);
            prefixMatch.score(context, shares);
        }
        last = candidate;
        return shares[candidate] >= least;
    }
}
