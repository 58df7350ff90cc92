package dev.penstock.bench.sim;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The handle of one simulated engine: where it listens, what happened to it, and what shall go wrong. Every method may
 * be called from any thread; those that return a future have had their effect when it completes.
 */
public final class SimEngine {
    private final EngineCore core;
    private final EngineServer server;

    SimEngine(EngineCore core, EngineServer server) {
        this.core = core;
        this.server = server;
    }

    /** Returns the name, which its answers begin with and {@code x-sim-engine} carries. */
    public String name() {
        return core.name();
    }

    /** Returns the port; it stays the same when the engine dies and comes back. */
    public int port() {
        return server.port();
    }

    /** Returns {@code host:port}. */
    public String address() {
        return core.settings().http().host() + ":" + port();
    }

    /** Returns the base address, without a slash at its end. */
    public String url() {
        return "http://" + address();
    }

    /** Returns the port on which it tells of its prefix cache; 0 if it does not. */
    public int kvEventsPort() {
        KvEventPublisher events = core.events();
        return events == null ? 0 : events.port();
    }

    /** Returns the port on which it repeats what it told of its prefix cache; 0 if it does not. */
    public int kvReplayPort() {
        KvEventPublisher events = core.events();
        return events == null ? 0 : events.replayPort();
    }

    /** Returns what happened so far. */
    public EngineCounters counters() {
        return core.counters();
    }

    /** Returns every model name that a request may ask for now, adapters included. */
    public List<String> models() {
        return core.adapters().served();
    }

    /** Lets every request from now on meet the fault, until {@link #clearFaults}. */
    public void fault(Fault fault) {
        faultPlan(FaultPlan.always(fault));
    }

    /** Lets the next request meet the fault; further calls queue further faults, one request each. */
    public void faultNext(Fault fault) {
        core.faults().next(fault);
    }

    /** Lets requests from now on meet faults by chance. */
    public void faultPlan(FaultPlan plan) {
        core.faults().plan(plan);
    }

    /** Lets nothing go wrong any more; an engine that is down stays down. */
    public void clearFaults() {
        core.faults().clear();
    }

    /** Closes the port, so that connections are refused; open connections are served on. */
    public CompletableFuture<Void> stopListening() {
        return onLoop(server::stopListening);
    }

    /** Closes the port and resets every connection. */
    public CompletableFuture<Void> die() {
        return onLoop(() -> server.stop(true));
    }

    /** Listens again on the same port; does nothing if it does. */
    public CompletableFuture<Void> comeBack() {
        return onLoop(server::listen);
    }

    /** Closes every connection in good order, whatever it is doing; the port stays open. */
    public CompletableFuture<Void> closeConnections() {
        return onLoop(() -> {
            server.closeConnections();
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Closes, in good order, those connections that are between two requests; the port stays as it is. */
    public CompletableFuture<Void> closeIdleConnections() {
        return onLoop(() -> {
            server.closeIdleConnections();
            return CompletableFuture.completedFuture(null);
        });
    }

    /** Keeps the last so many requests for {@link #captured}; 0, as at first, keeps none. */
    public void capture(int requests) {
        core.capture().keep(requests);
    }

    /** Returns the requests kept, byte for byte, the oldest first. */
    public List<SimRequest> captured() {
        return core.capture().kept();
    }

    CompletableFuture<Void> listen() {
        return comeBack();
    }

    CompletableFuture<Void> close() {
        return onLoop(server::close);
    }

    private CompletableFuture<Void> onLoop(Supplier<CompletableFuture<Void>> action) {
        return CompletableFuture.supplyAsync(action, core.loop()).thenCompose(done -> done);
    }

    @Override
    public String toString() {
        return name() + " at " + url();
    }
}
