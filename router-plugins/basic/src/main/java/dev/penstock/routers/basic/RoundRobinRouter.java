package dev.penstock.routers.basic;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The candidates of a model in turn, from a random one on, so that replicas of the proxy do not march in step. */
final class RoundRobinRouter implements Router {

    // One cursor for each model: with one for all, two models whose requests alternate would each see half the pods.
    private final Map<String, Cursor> cursors = new HashMap<>();
    private final RandomGenerator random;

    RoundRobinRouter(RandomGenerator random) {
        this.random = random;
    }

    @Override
    public void route(RoutingContext context) {
        Candidates candidates = context.candidates();
        context.select(candidates.get(cursor(context.request().model()).next(candidates.size())));
    }

    /** The one whose turn it is; null for a model that nobody has asked for, whose first pod is drawn. */
    @Override
    public @Nullable PodView explain(RoutingContext context) {
        Cursor cursor = cursors.get(context.request().model());
        Candidates candidates = context.candidates();
        return cursor == null ? null : candidates.get(Integer.remainderUnsigned(cursor.turn, candidates.size()));
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        cursors.keySet().removeIf(model -> snapshot.model(model) == null);
    }

    private Cursor cursor(String model) {
        Cursor known = cursors.get(model);
        if (known != null) {
            return known;
        }
        Cursor made = new Cursor(random.nextInt());
        cursors.put(model, made);
        return made;
    }

    private static final class Cursor {
        private int turn;

        Cursor(int turn) {
            this.turn = turn;
        }

        int next(int size) {
            return Integer.remainderUnsigned(turn++, size);
        }
    }
}
