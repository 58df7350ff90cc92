package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.config.PoolSpec;
import dev.penstock.server.tls.ClientTls;
import dev.penstock.server.tls.FileContents;
import dev.penstock.server.tls.FileWatch;
import dev.penstock.server.tls.NamedFile;
import dev.penstock.server.tls.TlsMetrics;
import dev.penstock.server.upstream.EnginePool;
import dev.penstock.server.upstream.EnginePools;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The pools of endpoints as they are configured now, with what is in their files. Changed by one thread,
 * {@code lb-admin}; any thread may read. What cannot be used changes nothing.
 */
final class Pools implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Pools.class.getName());
    private static final int LONGEST_KEY = 8 * 1024;

    private final Path folder;
    private final InstantSource time;
    private final Metrics metrics;
    private final Metrics.Count reloadFailures;
    private Map<String, Open> open = Map.of();
    private volatile EnginePools current = EnginePools.NONE;
    private volatile Map<String, List<String>> errors = Map.of();
    private volatile Set<String> names = Set.of();
    private volatile Map<String, Instant> expiries = Map.of();

    /** A pool that is in use. */
    private record Open(PoolSpec spec, FileWatch watch, FileContents contents, @Nullable ClientTls tls,
            EnginePool pool) {

        void close() {
            if (tls != null) {
                tls.close();
            }
        }
    }

    /**
     * No pools.
     *
     * @param folder where relative names of files are seen from
     */
    Pools(Path folder, InstantSource time, Metrics metrics) {
        this.folder = folder;
        this.time = time;
        this.metrics = metrics;
        this.reloadFailures = TlsMetrics.reloadFailures(metrics);
    }

    /** What is wrong with pools and their files, all of it; keeps nothing. */
    static List<String> problems(List<PoolSpec> specs, Path folder) {
        try (Pools pools = new Pools(folder, InstantSource.system(), Metrics.NONE)) {
            pools.replace(specs);
            return List.of();
        } catch (InvalidSettingsException e) {
            return e.errors();
        }
    }

    /** The pools of now. */
    EnginePools current() {
        return current;
    }

    /** Their names. Any thread. */
    Set<String> names() {
        return names;
    }

    /** What is wrong with their files as they are now. */
    List<String> errors() {
        return errors.values().stream().flatMap(List::stream).toList();
    }

    /**
     * Other pools are configured. Those that are as they were stay, and so do connections that were made for them.
     *
     * @throws InvalidSettingsException names everything that is wrong; nothing has changed then
     */
    void replace(List<PoolSpec> specs) {
        List<String> wrong = new ArrayList<>();
        Map<String, Open> next = new LinkedHashMap<>();
        for (PoolSpec spec : specs) {
            FileContents contents = FileContents.of(files(spec));
            Open before = open.get(spec.name());
            Open now = before != null && sameBut(before.spec(), spec) && before.contents().equals(contents) ? before
                    : open(spec, contents, new FileWatch(files(spec), contents), wrong);
            if (now != null) {
                next.put(spec.name(), now);
            }
        }
        if (!wrong.isEmpty()) {
            next.forEach((name, made) -> {
                if (!made.equals(open.get(name))) {
                    made.close();
                }
            });
            throw new InvalidSettingsException(wrong);
        }
        publish(next);
        errors = Map.of();
    }

    /** Looks whether files have changed; what cannot be used changes nothing. */
    void look() {
        Map<String, Open> next = new LinkedHashMap<>(open);
        Map<String, List<String>> wrong = new HashMap<>(errors);
        for (Open each : open.values()) {
            FileContents changed = each.watch().look();
            if (changed == null) {
                continue;
            }
            String name = each.spec().name();
            List<String> now = new ArrayList<>();
            Open made = open(each.spec(), changed, each.watch(), now);
            if (made == null) {
                reloadFailures.increment();
                wrong.put(name, now);
                now.forEach(error -> LOG.log(Level.WARNING, "kept what was last good: " + error));
            } else {
                next.put(name, made);
                wrong.remove(name);
                LOG.log(Level.INFO, "pool " + name + ": new connections are made with the changed files");
            }
        }
        errors = Map.copyOf(wrong);
        if (!next.equals(open)) {
            publish(next);
        }
    }

    private void publish(Map<String, Open> next) {
        Map<String, Open> before = open;
        Map<String, EnginePool> pools = new HashMap<>();
        Map<String, Instant> ends = new HashMap<>();
        next.forEach((name, each) -> {
            pools.put(name, each.pool());
            Instant end = each.tls() == null ? null : each.tls().expiry();
            if (end != null) {
                ends.put(name, end);
                TlsMetrics.certificateExpiry(metrics, "pool " + name, () -> expirySeconds(name));
            }
        });
        open = Map.copyOf(next);
        expiries = Map.copyOf(ends);
        names = open.keySet();
        if (!before.equals(open)) {
            current = new EnginePools(pools);
        }
        before.forEach((name, each) -> {
            if (!each.equals(next.get(name))) {
                each.close();
            }
        });
    }

    private double expirySeconds(String name) {
        Instant end = expiries.get(name);
        return end == null ? Double.NaN : end.getEpochSecond();
    }

    private @Nullable Open open(PoolSpec spec, FileContents contents, FileWatch watch, List<String> wrong) {
        int before = wrong.size();
        String owner = spec.where() + ": pool " + spec.name();
        PoolSpec.Tls said = spec.tls();
        ClientTls tls = said == null ? null
                : ClientTls.of(said, owner, folder, contents, time.instant(), wrong);
        String file = spec.apiKeyFile();
        String key = file == null ? null
                : key(new NamedFile(owner + ": api-key-file", folder.resolve(file)), contents, wrong);
        if (wrong.size() == before) {
            return new Open(spec, watch, contents, tls, new EnginePool(tls, key, spec.stripAuthorization()));
        }
        if (tls != null) {
            tls.close();
        }
        return null;
    }

    private static @Nullable String key(NamedFile file, FileContents contents, List<String> wrong) {
        byte[] bytes = contents.bytes(file, wrong);
        if (bytes == null) {
            return null;
        }
        String key = new String(bytes, StandardCharsets.ISO_8859_1).strip();
        if (key.isEmpty() || key.length() > LONGEST_KEY || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            wrong.add(file.error("expected: one key on one line, visible ASCII, at most " + LONGEST_KEY
                    + " characters"));
            return null;
        }
        return key;
    }

    private List<Path> files(PoolSpec spec) {
        List<Path> files = new ArrayList<>();
        PoolSpec.Tls tls = spec.tls();
        if (tls != null) {
            files.addAll(ClientTls.files(tls, folder));
        }
        String key = spec.apiKeyFile();
        if (key != null) {
            files.add(folder.resolve(key));
        }
        return files;
    }

    private static boolean sameBut(PoolSpec one, PoolSpec other) {
        return one.equals(new PoolSpec(other.name(), one.where(), other.tls(), other.apiKeyFile(),
                other.stripAuthorization()));
    }

    /** Frees what they hold, once the last connection has ended. */
    @Override
    public void close() {
        open.values().forEach(Open::close);
        open = Map.of();
    }
}
