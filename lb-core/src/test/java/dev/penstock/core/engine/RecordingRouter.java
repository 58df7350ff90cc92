package dev.penstock.core.engine;

import dev.penstock.spi.KvEvent;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Snapshot;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A router that wants to hear of everything, and notes it. */
class RecordingRouter implements Router {

    private Consumer<RoutingContext> route;
    private final List<String> calls = new ArrayList<>();
    private boolean routing;

    RecordingRouter(Consumer<RoutingContext> route) {
        this.route = route;
    }

    /** From now on it answers otherwise. */
    void answers(Consumer<RoutingContext> how) {
        route = how;
    }

    List<String> calls() {
        return calls;
    }

    private void note(String call) {
        calls.add(routing ? call + " while routing" : call);
    }

    @Override
    public void route(RoutingContext context) {
        note("route");
        routing = true;
        try {
            route.accept(context);
        } finally {
            routing = false;
        }
    }

    @Override
    public void chosen(RoutingContext context, Plan plan) {
        note("chosen " + plan.endpoint().name());
    }

    @Override
    public void firstByte(RoutingContext context, PodView endpoint) {
        note("firstByte " + endpoint.name());
    }

    @Override
    public void ended(RoutingContext context, PodView endpoint, Usage usage) {
        note("ended " + endpoint.name() + (usage.known() ? " " + usage.completionTokens() : ""));
    }

    @Override
    public void kvEvent(KvEvent event) {
        note("kvEvent " + event.endpoint().name());
    }

    @Override
    public void snapshotChanged(Snapshot snapshot) {
        note("snapshotChanged " + snapshot.version());
    }

    @Override
    public void podRemoved(PodView endpoint) {
        note("podRemoved " + endpoint.name() + " " + endpoint.uid());
    }

    @Override
    public void woken(long nowNanos) {
        note("woken " + nowNanos);
    }

    @Override
    public void close() {
        note("close");
    }
}
