package dev.penstock.core.engine;

import dev.penstock.spi.Filter;
import dev.penstock.spi.Picker;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Scorer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A router of the shard as a piece of something larger: asked behind the same fence as one that is asked alone, with
 * the same breaker, and passed over where it cannot be. Confined to the thread that holds the shard.
 */
abstract sealed class Piece {

    static final String UNAVAILABLE = "unavailable";
    static final String BREAKER_OPEN = "breaker_open";
    static final String FAILED = "failed";
    static final String LEFT_NONE = "left_none";

    private final String name;
    private final RouterSet routers;
    private @Nullable RouterInstance instance;

    private Piece(String name, RouterSet routers) {
        this.name = name;
        this.routers = routers;
        this.instance = routers.named(name);
    }

    final String name() {
        return name;
    }

    /** Whether there is such a router, so that it can be asked at all. */
    final boolean available() {
        return instance != null && fits(instance.router());
    }

    /** Asks it; null where it has answered, else why it is passed over. */
    final @Nullable String ask(RoutingContext context) {
        RouterInstance asked = instance;
        if (asked == null) {
            // It may be that it can be made by now.
            asked = routers.named(name);
            instance = asked;
        }
        if (asked == null || !fits(asked.router())) {
            return UNAVAILABLE;
        }
        if (!asked.usable(routers.nowNanos())) {
            return BREAKER_OPEN;
        }
        String outer = routers.enter(asked.name());
        try {
            asked.call(this, context);
            asked.answeredWell();
            return null;
        } catch (ShardLostException e) {
            throw e;
        } catch (Throwable e) {
            asked.failedAsPiece(e);
            return FAILED;
        } finally {
            routers.leave(outer);
        }
    }

    abstract boolean fits(Router router);

    /** Calls code of a plugin, which may throw anything. */
    abstract void call(Router router, RoutingContext context);

    /** A filter: which candidates may be chosen. */
    static final class Filtering extends Piece {

        private boolean[] wanted = new boolean[0];

        Filtering(String name, RouterSet routers) {
            super(name, routers);
        }

        /**
         * Takes away those that it does not want.
         *
         * @param left which candidates are left so far; unchanged where the filter is passed over
         * @return null where it holds, else why it is passed over
         */
        @Nullable String narrow(RoutingContext context, boolean[] left) {
            if (wanted.length != left.length) {
                wanted = new boolean[left.length];
            }
            System.arraycopy(left, 0, wanted, 0, left.length);
            String passedOver = ask(context);
            if (passedOver != null) {
                return passedOver;
            }
            for (boolean any : wanted) {
                if (any) {
                    System.arraycopy(wanted, 0, left, 0, left.length);
                    return null;
                }
            }
            return LEFT_NONE;
        }

        @Override
        boolean fits(Router router) {
            return router instanceof Filter;
        }

        @Override
        void call(Router router, RoutingContext context) {
            Filter filter = (Filter) router;
            for (int i = 0; i < wanted.length; i++) {
                wanted[i] = wanted[i] && filter.accepts(context, i);
            }
        }
    }

    /** A scorer, with its weight. */
    static final class Scoring extends Piece {

        private final int weight;
        private double[] scores = new double[0];
        private Scorer.Polarity polarity = Scorer.Polarity.MOST;

        Scoring(String name, int weight, RouterSet routers) {
            super(name, routers);
            this.weight = weight;
        }

        int weight() {
            return weight;
        }

        /** Has the candidates scored; null where that was done, else why it is passed over. */
        @Nullable String score(RoutingContext context) {
            int size = context.candidates().size();
            if (scores.length != size) {
                scores = new double[size];
            }
            Arrays.fill(scores, Double.NaN);
            return ask(context);
        }

        /** The scores of the last call, not to be kept; NaN where there is no data. */
        double[] scores() {
            return scores;
        }

        Scorer.Polarity polarity() {
            return polarity;
        }

        @Override
        boolean fits(Router router) {
            return router instanceof Scorer;
        }

        @Override
        void call(Router router, RoutingContext context) {
            Scorer scorer = (Scorer) router;
            scorer.score(context, scores);
            polarity = Objects.requireNonNull(scorer.polarity(), "polarity");
        }
    }

    /** A picker. */
    static final class Picking extends Piece {

        private double[] sums = new double[0];
        private int picked;

        Picking(String name, RouterSet routers) {
            super(name, routers);
        }

        /**
         * Has one taken.
         *
         * @param scores the sums; NaN for those that were filtered out
         * @return null where one was {@linkplain #picked taken}, else why not
         */
        @Nullable String pick(RoutingContext context, double[] scores) {
            if (sums.length != scores.length) {
                sums = new double[scores.length];
            }
            // A copy: what a plugin does to its array is nobody else's affair.
            System.arraycopy(scores, 0, sums, 0, scores.length);
            return ask(context);
        }

        /** What was taken: the index of a candidate. */
        int picked() {
            return picked;
        }

        @Override
        boolean fits(Router router) {
            return router instanceof Picker;
        }

        @Override
        void call(Router router, RoutingContext context) {
            picked = ((Picker) router).pick(context, sums);
            if (picked < 0 || picked >= context.candidates().size()) {
                throw new IllegalStateException("picked candidate " + picked + " of " + sums.length);
            }
        }
    }
}
