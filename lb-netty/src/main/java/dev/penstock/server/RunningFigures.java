package dev.penstock.server;

import dev.penstock.cache.figures.EndpointName;
import dev.penstock.cache.figures.FiguresFile;
import dev.penstock.cache.figures.FiguresFolder;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.stat.EndpointSample;
import dev.penstock.server.stat.FigureSource;
import dev.penstock.server.stat.FleetSample;
import dev.penstock.spi.Gauge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The figures of another process, read from its figures file. Confined to its user; at no cost to that process. */
public final class RunningFigures implements FigureSource {

    private final FiguresFile file;
    private final List<Long> others;
    private final NanoClock clock;

    private RunningFigures(FiguresFile file, List<Long> others, NanoClock clock) {
        this.file = file;
        this.others = List.copyOf(others);
        this.clock = clock;
    }

    /**
     * Reads a file.
     *
     * @throws IOException where it cannot be read, is of another version, or its process has ended
     */
    public static RunningFigures of(Path path) throws IOException {
        FiguresFile file = FiguresFile.open(path);
        if (!file.alive()) {
            file.close();
            throw new IOException(path + ": process " + file.pid() + " has ended");
        }
        return new RunningFigures(file, List.of(), NanoClock.SYSTEM);
    }

    /**
     * Looks for a process where processes show their figures unless they were told otherwise.
     *
     * @param pid id of the process, or null for the newest
     * @throws IOException where there is none
     */
    public static RunningFigures find(@Nullable Long pid) throws IOException {
        return find(FiguresFolder.SHARED_MEMORY, pid, NanoClock.SYSTEM);
    }

    static RunningFigures find(FiguresFolder folder, @Nullable Long pid, NanoClock clock) throws IOException {
        List<FiguresFile> running = folder.running();
        FiguresFile chosen = null;
        List<Long> others = new ArrayList<>();
        for (FiguresFile each : running) {
            if (chosen == null && (pid == null || pid == each.pid())) {
                chosen = each;
            } else {
                others.add(each.pid());
                each.close();
            }
        }
        if (chosen == null) {
            throw new IOException(pid == null ? "no running Penstock shows its figures in " + folder.path()
                    + " (another machine or container? figures.file?)"
                    : "process " + pid + " shows no figures in " + folder.path() + "; "
                            + (others.isEmpty() ? "no other does" : "these do: " + others));
        }
        return new RunningFigures(chosen, others, clock);
    }

    @Override
    public long pid() {
        return file.pid();
    }

    @Override
    public List<Long> others() {
        return others;
    }

    @Override
    public FleetSample sample() throws IOException {
        if (!file.alive()) {
            throw new IOException("process " + file.pid() + " has ended");
        }
        long now = clock.nanoTime();
        List<EndpointSample> endpoints = new ArrayList<>();
        for (int slot = 0; slot < file.slots(); slot++) {
            int generation = file.generation(slot);
            EndpointName name = generation == 0 ? null : file.name(slot, generation);
            if (name != null) {
                EndpointSample endpoint = endpoint(slot, generation, name, now);
                // Another one may have moved in meanwhile; then this is the figures of two.
                if (file.generation(slot) == generation) {
                    endpoints.add(endpoint);
                }
            }
        }
        return new FleetSample(file.pid(), now - file.startedNanos(), now, endpoints);
    }

    private EndpointSample endpoint(int slot, int generation, EndpointName name, long now) {
        EndpointSample.State state = state(slot);
        boolean healthy = state == EndpointSample.State.READY || state == EndpointSample.State.NOT_READY
                || state == EndpointSample.State.LEAVING;
        long since = file.changedNanos(slot);
        if (!healthy || (state == EndpointSample.State.READY && file.healthSinceNanos(slot) != 0)) {
            since = file.healthSinceNanos(slot);
        }
        Map<Gauge, EndpointSample.Reported> gauges = new EnumMap<>(Gauge.class);
        for (Gauge gauge : Gauge.values()) {
            double age = file.gaugeAgeNanos(slot, gauge, now);
            double value = file.gauge(slot, gauge);
            if (!Double.isNaN(age) && !Double.isNaN(value)) {
                gauges.put(gauge, new EndpointSample.Reported(value, Math.max(0, (long) age),
                        age <= file.maxAgeNanos()));
            }
        }
        return new EndpointSample(new EndpointSample.Identity(slot, generation, name.namespace(), name.pod(),
                name.address(), name.uid(), name.models(), name.modelCount()), state, Math.max(0, now - since),
                Math.max(0, now - file.joinedNanos(slot)), file.inFlightLocal(slot), file.inFlightRemote(slot),
                file.pendingTokens(slot), file.begun(slot), gauges);
    }

    private EndpointSample.State state(int slot) {
        if (file.leaving(slot)) {
            return EndpointSample.State.LEAVING;
        } else if (!file.ready(slot)) {
            return EndpointSample.State.NOT_READY;
        }
        return switch (file.health(slot)) {
            case READY -> EndpointSample.State.READY;
            case EJECTED -> EndpointSample.State.EJECTED;
            case COOLING_DOWN -> EndpointSample.State.COOLING_DOWN;
            case PROBING -> EndpointSample.State.PROBING;
        };
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
