package dev.penstock.cache.discovery;

import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import dev.penstock.core.port.NanoClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Learns the fleet from a file, and looks again and again whether it says something else. The duty cycle is confined to
 * {@code lb-discovery}.
 *
 * <p>It compares what is in the file, not its time stamps: an edit within one tick of the file system's clock, a
 * restored backup and the swapped links of a mounted ConfigMap are all seen. A new text counts when two looks in a row
 * find it, so an editor that is half done removes no pod.
 */
public final class FileDiscovery implements Discovery {

    private static final System.Logger LOG = System.getLogger(FileDiscovery.class.getName());
    private static final long LARGEST = 64L << 20;
    /** Looks come this much closer together while a new text is not yet confirmed. */
    private static final int CONFIRMATION = 10;

    private final Path file;
    private final FleetFile.Scope scope;
    private final CacheProxy proxy;
    private final NanoClock clock;
    private final long intervalNanos;
    private final Supplier<Set<String>> pools;

    private byte[] known = new byte[0];
    private byte @Nullable [] candidate;
    private @Nullable CacheCommand undelivered;
    private long lookedNanos;
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
        this.intervalNanos = intervalNanos;
        this.pools = pools;
        this.state = new DiscoveryState(file.toString(), clock.nanoTime(), 0, 0, List.of());
    }

    @Override
    public void load() {
        lookedNanos = clock.nanoTime();
        try {
            take(read());
        } catch (IOException e) {
            refuse(List.of(unreadable(e)));
        }
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
        long interval = candidate == null && undelivered == null ? intervalNanos : intervalNanos / CONFIRMATION;
        return Math.max(0, interval - (clock.nanoTime() - lookedNanos));
    }

    @Override
    public int doWork() {
        if (restNanos() > 0) {
            return 0;
        }
        look();
        return 1;
    }

    private void look() {
        lookedNanos = clock.nanoTime();
        deliver();
        byte[] found;
        try {
            found = read();
        } catch (IOException e) {
            candidate = null;
            refuse(List.of(unreadable(e)));
            return;
        }
        if (Arrays.equals(found, known)) {
            candidate = null;
            confirm();
        } else if (candidate != null && Arrays.equals(found, candidate)) {
            candidate = null;
            take(found);
        } else {
            candidate = found;
        }
    }

    private byte[] read() throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException("larger than " + LARGEST + " bytes");
        }
        return Files.readAllBytes(file);
    }

    // ---- what a text means

    private void take(byte[] bytes) {
        known = bytes;
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            refuse(List.of(new FileError(file.toString(), 0, 0, "not UTF-8")));
            return;
        }
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

    /** The file says what it said before: if that was good, it is good as of now. */
    private void confirm() {
        DiscoveryState before = state;
        if (before.good()) {
            state = new DiscoveryState(before.source(), clock.nanoTime(), before.changes(), 0, List.of());
        } else {
            // Readable again, or still broken: only the text itself tells.
            take(known);
        }
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

    private FileError unreadable(IOException e) {
        String reason = e instanceof NoSuchFileException ? "no such file"
                : "cannot be read: " + (e.getMessage() == null ? e.toString() : e.getMessage());
        return new FileError(file.toString(), 0, 0, reason);
    }
}
