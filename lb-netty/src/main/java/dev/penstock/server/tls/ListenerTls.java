package dev.penstock.server.tls;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.config.TlsSettings;
import dev.penstock.server.config.TlsSettings.ClientAuthentication;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS of the traffic port: the context of now, made anew when a file has changed. Files are looked at by one thread,
 * {@code lb-admin}; handlers may be taken by any.
 */
public final class ListenerTls implements AutoCloseable {
    /** What is offered to clients that let us choose (ALPN), the best first. */
    public static final List<String> PROTOCOLS = List.of(ApplicationProtocolNames.HTTP_2,
            ApplicationProtocolNames.HTTP_1_1);

    private static final Logger LOG = System.getLogger(ListenerTls.class.getName());
    private static final int SESSIONS = 20_000;
    private static final long SESSION_SECONDS = 3_600;

    private final TlsSettings settings;
    private final Files files;
    private final SslProvider provider;
    private final InstantSource time;
    private final NanoClock clock;
    private final FileWatch watch;
    private final Metrics.Count reloadFailures;
    private final Map<HandshakeFailure, Metrics.Count> handshakeFailures = new EnumMap<>(HandshakeFailure.class);
    private SessionTickets tickets;
    private volatile TlsContext context;
    private volatile Instant expiry;
    private volatile List<String> errors = List.of();

    /**
     * The files that the settings name.
     *
     * @param clientCa null where clients are not asked for certificates
     */
    private record Files(NamedFile certificate, NamedFile key, @Nullable NamedFile clientCa) {

        static Files of(TlsSettings settings, Path folder) {
            return new Files(new NamedFile(TlsSettings.CERTIFICATE.name(), folder.resolve(settings.certificate())),
                    new NamedFile(TlsSettings.KEY.name(), folder.resolve(settings.key())),
                    settings.clientAuth() == ClientAuthentication.OFF ? null
                            : new NamedFile(TlsSettings.CLIENT_CA.name(), folder.resolve(settings.clientCa())));
        }

        List<Path> paths() {
            List<Path> paths = new ArrayList<>(List.of(certificate.path(), key.path()));
            if (clientCa != null) {
                paths.add(clientCa.path());
            }
            return paths;
        }
    }

    /** A context that was just made, and when its certificate ends. */
    private record Made(TlsContext context, Instant expiry) {}

    /**
     * Reads the files and makes the first context.
     *
     * @param settings with a certificate
     * @param folder where relative names of files are seen from
     * @throws InvalidSettingsException names everything that is wrong
     */
    public ListenerTls(TlsSettings settings, Path folder, Metrics metrics) {
        this(settings, folder, metrics, InstantSource.system(), TlsContext.provider());
    }

    ListenerTls(TlsSettings settings, Path folder, Metrics metrics, InstantSource time, SslProvider provider) {
        this.settings = settings;
        this.files = Files.of(settings, folder);
        this.provider = provider;
        this.time = time;
        this.clock = NanoClock.SYSTEM;
        FileContents contents = FileContents.of(files.paths());
        this.watch = new FileWatch(files.paths(), contents);
        Made made = make(contents);
        this.context = made.context();
        this.expiry = made.expiry();
        this.tickets = new SessionTickets(context.context(), clock.nanoTime());
        reloadFailures = TlsMetrics.reloadFailures(metrics);
        for (HandshakeFailure failure : HandshakeFailure.values()) {
            handshakeFailures.put(failure, metrics.counter("penstock_tls_handshake_failures",
                    "Connections of clients whose TLS handshake did not come to its end.", "reason",
                    failure.label()));
        }
        TlsMetrics.certificateExpiry(metrics, "listener", () -> expiry.getEpochSecond());
        LOG.log(Level.INFO, "TLS on the traffic port by " + TlsContext.name(provider) + ", certificate until "
                + expiry);
    }

    /** What is wrong with settings and files, all of it; reads the files, and keeps nothing. */
    public static List<String> problems(TlsSettings settings, Path folder) {
        List<String> errors = new ArrayList<>(settings.contradictions());
        if (errors.isEmpty() && settings.on()) {
            Files files = Files.of(settings, folder);
            try {
                make(settings, files, FileContents.of(files.paths()), InstantSource.system().instant(),
                        TlsContext.provider()).context().close();
            } catch (InvalidSettingsException e) {
                errors.addAll(e.errors());
            }
        }
        return errors;
    }

    private Made make(FileContents contents) {
        return make(settings, files, contents, time.instant(), provider);
    }

    private static Made make(TlsSettings settings, Files files, FileContents contents, Instant now,
            SslProvider provider) {
        List<String> errors = new ArrayList<>();
        Identity identity = Identity.read(files.certificate(), files.key(), contents, now, errors);
        NamedFile ca = files.clientCa();
        List<X509Certificate> trusted = ca == null ? List.of() : PemFile.certificates(ca, contents, errors);
        if (identity == null || !errors.isEmpty()) {
            throw new InvalidSettingsException(errors);
        }
        SslContextBuilder builder = SslContextBuilder.forServer(identity.key(), identity.chain())
                .sslProvider(provider)
                .protocols(settings.versions())
                .sessionCacheSize(SESSIONS)
                .sessionTimeout(SESSION_SECONDS)
                .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, PROTOCOLS));
        if (ca != null) {
            builder.trustManager(trusted).clientAuth(settings.clientAuth() == ClientAuthentication.REQUIRED
                    ? ClientAuth.REQUIRE : ClientAuth.OPTIONAL);
        }
        try {
            SslContext context = builder.build();
            return new Made(new TlsContext(context), identity.expiry());
        } catch (SSLException | IllegalArgumentException e) {
            throw new InvalidSettingsException(List.of(files.certificate().error("cannot be used: "
                    + e.getMessage())));
        }
    }

    /** A handler for a connection that was just accepted, under the context of now. */
    public SslHandler newHandler(ByteBufAllocator alloc) {
        SslHandler handler;
        do {
            handler = context.newHandler(alloc);
        } while (handler == null);
        return handler;
    }

    /** Counts a handshake that did not come to its end. Any thread. */
    public void failed(HandshakeFailure failure) {
        Metrics.Count count = handshakeFailures.get(failure);
        if (count != null) {
            count.increment();
        }
    }

    /** Looks whether the files have changed; what cannot be used changes nothing. By {@code lb-admin}. */
    public void look() {
        FileContents changed = watch.look();
        if (changed == null) {
            tickets.rotate(clock.nanoTime());
            return;
        }
        try {
            Made made = make(changed);
            TlsContext replaced = context;
            tickets = new SessionTickets(made.context().context(), clock.nanoTime());
            context = made.context();
            expiry = made.expiry();
            errors = List.of();
            replaced.close();
            LOG.log(Level.INFO, "new connections get the changed certificate, until " + expiry);
        } catch (InvalidSettingsException e) {
            reloadFailures.increment();
            errors = e.errors();
            errors.forEach(error -> LOG.log(Level.WARNING, "kept the last good certificate: " + error));
        }
    }

    /** What is wrong with the files as they are now. Any thread. */
    public List<String> errors() {
        return errors;
    }

    /** The context of now. */
    TlsContext context() {
        return context;
    }

    /** Frees the context, once the last connection has ended. */
    @Override
    public void close() {
        context.close();
    }
}
