package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.CpuLayout;
import dev.penstock.bench.proxy.process.Programs;
import dev.penstock.bench.proxy.process.Workspace;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Whoever of those installed can carry out an order. Used by one thread. */
public final class Loads implements LoadGenerator {
    private final CpuLayout layout;
    private final Workspace workspace;
    private final @Nullable LoadGenerator wrk;
    private final @Nullable LoadGenerator h2load;
    private @Nullable LoadGenerator own;

    /**
     * Looks for what is installed.
     *
     * @param notices takes one line for each thing that is missing
     */
    public Loads(CpuLayout layout, Workspace workspace, Consumer<String> notices) {
        this.layout = layout;
        this.workspace = workspace;
        Path wrkProgram = Programs.find("wrk");
        Path h2loadProgram = Programs.find("h2load");
        this.wrk = wrkProgram == null ? null : new WrkLoad(wrkProgram, layout, workspace);
        this.h2load = h2loadProgram == null ? null : new H2Load(h2loadProgram, layout, workspace);
        if (wrk == null) {
            notices.accept("wrk is not installed: the built-in load generator takes its place, cases over TLS are left"
                    + " out");
        }
        if (h2load == null) {
            notices.accept("h2load is not installed: cases over HTTP/2 are left out");
        }
    }

    /** Whether there is a generator for {@code load}. */
    public boolean can(LoadCase load) {
        return switch (load.lane().wire()) {
            case PLAIN -> true;
            case TLS -> wrk != null;
            case H2C -> h2load != null;
        };
    }

    @Override
    public String name() {
        return wrk == null ? own().name() : wrk.name();
    }

    @Override
    public LoadResult run(LoadOrder order) {
        if (order.load().lane().wire() == Wire.H2C && h2load != null) {
            return h2load.run(order);
        }
        // wrk knows no clock.
        return order.rate() > 0 || wrk == null ? own().run(order) : wrk.run(order);
    }

    private LoadGenerator own() {
        LoadGenerator started = own;
        if (started == null) {
            started = NioProcessLoad.start(layout, workspace);
            own = started;
        }
        return started;
    }
}
