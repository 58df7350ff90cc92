package dev.penstock.cache.discovery;

import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.core.port.NanoClock;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Learns the fleet from a file, and looks again and again whether it says something else. The duty cycle is confined to
 * {@code lb-discovery}.
 */
public final class FileDiscovery implements Discovery {

    private static final System.Logger LOG = System.getLogger(FileDiscovery.class.getName());

    private final Path file;
    private final FleetFile.Scope scope;
    private final CacheProxy proxy;
    private final NanoClock clock;
    private final Supplier<Set<String>> pools;
    private final FileWatch watch;

    private @Nullable CacheCommand undelivered;
    private volatile DiscoveryState state;

    /**
     * A source that has not looked yet.
     *
     * @param file the file
     * @param scope what else is in it
     * @param proxy the way to the cache
     * @param clock the time
     * @param intervalNanos time between two looks
     * @param pools the pools that models may name, beside those which the file itself describes
     */
    public FileDiscovery(Path file, FleetFile.Scope scope, CacheProxy proxy, NanoClock clock, long intervalNanos,
            Supplier<Set<String>> pools) {
        this.file = file;
        this.scope = scope;
        this.proxy = proxy;
        this.clock = clock;
        this.pools = pools;
        this.watch = new FileWatch(file, clock, intervalNanos);
        this.state = new DiscoveryState(file.toString(), clock.nanoTime(), 0, 0, List.of());
    }

    @Override
    public void load() {
        look();
        if (!state.good()) {
            throw new InvalidFleetException(state.errors());
        }
    }

    @Override
    public DiscoveryState state() {
        return state;
    }

    @Override
    public String roleName() {
        return "lb-discovery";
    }

    @Override
    public long restNanos() {
        return watch.restNanos(undelivered != null);
    }

    @Override
    public int doWork() {
        if (restNanos() > 0) {
            return 0;
        }
        deliver();
        look();
        return 1;
    }

    private void look() {
        switch (watch.look()) {
            case FileWatch.Text(String text, boolean changed) -> {
                if (changed || !state.good()) {
                    take(text);
                } else {
                    stillGood();
                }
            }
            case FileWatch.Unreadable(FileError error) -> refuse(List.of(error));
            case FileWatch.Unconfirmed() -> { }
        }
    }

    // ---- what a text means

    private void take(String text) {
        switch (FleetFile.parse(text, file.toString(), scope, pools.get())) {
            case FleetFile.Parsed(var fleet) -> {
                undelivered = new CacheCommand.PodsReplaced(file.toString(), fleet);
                deliver();
                state = new DiscoveryState(file.toString(), clock.nanoTime(), state.changes() + 1, 0, List.of());
                LOG.log(System.Logger.Level.INFO, "{0}: {1} models, {2} pods", file, fleet.models().size(),
                        fleet.pods().size());
            }
            case FleetFile.Refused(var errors) -> refuse(errors);
        }
    }

    private void stillGood() {
        DiscoveryState before = state;
        state = new DiscoveryState(before.source(), clock.nanoTime(), before.changes(), 0, List.of());
    }

    private void refuse(List<FileError> errors) {
        DiscoveryState before = state;
        // Before the first good one there is none to keep: whoever starts the cache asks for its state, and says why.
        if (before.changes() > 0 && !errors.equals(before.errors())) {
            errors.forEach(error -> LOG.log(System.Logger.Level.ERROR, "kept the last good fleet: {0}", error));
        }
        state = new DiscoveryState(before.source(), before.goodNanos(), before.changes(), before.failures() + 1,
                errors);
    }

    private void deliver() {
        CacheCommand command = undelivered;
        if (command != null && proxy.offer(command)) {
            undelivered = null;
        }
    }
}
