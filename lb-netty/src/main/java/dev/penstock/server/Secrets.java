package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.config.TlsSettings;
import dev.penstock.server.tls.ListenerTls;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and keys of one balancer: those that clients see and those that engines see. Looked at by one thread,
 * {@code lb-admin}.
 */
final class Secrets implements AutoCloseable {

    private final Pools pools;
    private final @Nullable ListenerTls listener;

    private Secrets(Pools pools, @Nullable ListenerTls listener) {
        this.pools = pools;
        this.listener = listener;
    }

    /**
     * Reads all files that the configuration names.
     *
     * @throws InvalidSettingsException where one cannot be used; nothing is left open
     */
    static Secrets open(Path folder, Configuration configuration, Metrics metrics) {
        Pools pools = new Pools(folder, InstantSource.system(), metrics);
        try {
            pools.replace(configuration.file().pools());
            TlsSettings tls = TlsSettings.from(configuration.settings());
            return new Secrets(pools, tls.on() ? new ListenerTls(tls, folder, metrics) : null);
        } catch (InvalidSettingsException e) {
            pools.close();
            throw e;
        }
    }

    /** What is wrong with what the configuration names, all of it. */
    static List<String> problems(Path folder, Configuration configuration) {
        List<String> problems = new ArrayList<>(
                ListenerTls.problems(TlsSettings.from(configuration.settings()), folder));
        problems.addAll(Pools.problems(configuration.file().pools(), folder));
        return problems;
    }

    /** The pools of endpoints. */
    Pools pools() {
        return pools;
    }

    /** TLS of the traffic port, or null where that speaks cleartext. */
    @Nullable ListenerTls listener() {
        return listener;
    }

    /** Looks whether files have changed. */
    void look() {
        pools.look();
        if (listener != null) {
            listener.look();
        }
    }

    /** What is wrong with the files as they are now. Any thread. */
    List<String> errors() {
        List<String> errors = new ArrayList<>(pools.errors());
        if (listener != null) {
            errors.addAll(listener.errors());
        }
        return errors;
    }

    @Override
    public void close() {
        pools.close();
        if (listener != null) {
            listener.close();
        }
    }
}
