package dev.penstock.routers.load;

import dev.penstock.spi.ModelView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * The columns of all models that are asked for. Adapters share that of their base model: their pods are among its own,
 * engines report of both together, and there may be thousands of them. Confined to one thread.
 */
final class Columns<C extends Column> {

    private final RouterEnvironment environment;
    private final Function<String, C> made;
    private final Map<String, C> byModel = new HashMap<>();

    Columns(RouterEnvironment environment, Function<String, C> made) {
        this.environment = environment;
        this.made = made;
    }

    /** The column of the model that is asked for, as it is now. */
    C of(RoutingContext context) {
        Snapshot snapshot = context.snapshot();
        ModelView named = Objects.requireNonNull(snapshot.model(context.request().model()), "model of a candidate");
        ModelView base = named.baseModel().equals(named.name()) ? named : snapshot.model(named.baseModel());
        ModelView model = base == null ? named : base;
        C column = byModel.computeIfAbsent(model.name(), made);
        column.renewIfOld(snapshot, model, environment.nanoTime());
        return column;
    }

    /** Forgets models that have left the fleet. */
    void retain(Snapshot snapshot) {
        byModel.keySet().removeIf(model -> snapshot.model(model) == null);
    }
}
