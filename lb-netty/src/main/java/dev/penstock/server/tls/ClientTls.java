package dev.penstock.server.tls;

import dev.penstock.server.config.PoolSpec;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the endpoints of one pool, as its files were at one moment. Any thread may take handlers.
 */
public final class ClientTls implements AutoCloseable {
    private final TlsContext context;
    private final SslContextBuilder builder;
    private final @Nullable String serverName;
    private final @Nullable Instant expiry;
    // Made when first asked for; by two threads at once it is made twice, which is as good.
    private volatile @Nullable SslContext ofJdk;

    private ClientTls(TlsContext context, SslContextBuilder builder, @Nullable String serverName,
            @Nullable Instant expiry) {
        this.context = context;
        this.builder = builder;
        this.serverName = serverName;
        this.expiry = expiry;
    }

    /** The files that a pool names for TLS. */
    public static List<Path> files(PoolSpec.Tls tls, Path folder) {
        List<Path> files = new ArrayList<>();
        for (String name : new String[] {tls.ca(), tls.certificate(), tls.key()}) {
            if (name != null) {
                files.add(folder.resolve(name));
            }
        }
        return files;
    }

    /**
     * Makes the context of a pool.
     *
     * @param owner the pool, for messages
     * @param folder where relative names of files are seen from
     * @param contents of the {@link #files}
     * @param now the time
     * @param errors takes what is wrong
     * @return null where something is wrong
     */
    public static @Nullable ClientTls of(PoolSpec.Tls tls, String owner, Path folder, FileContents contents,
            Instant now, List<String> errors) {
        return of(tls, owner, folder, contents, now, errors, TlsContext.provider());
    }

    private static @Nullable ClientTls of(PoolSpec.Tls tls, String owner, Path folder, FileContents contents,
            Instant now, List<String> errors, SslProvider provider) {
        int before = errors.size();
        SslContextBuilder builder = SslContextBuilder.forClient().sslProvider(provider)
                .protocols("TLSv1.2", "TLSv1.3")
                .endpointIdentificationAlgorithm(tls.verify() ? "HTTPS" : null);
        String ca = tls.ca();
        if (ca != null) {
            List<X509Certificate> trusted = PemFile.certificates(new NamedFile(owner + ": tls.ca", folder.resolve(ca)),
                    contents, errors);
            builder.trustManager(trusted);
        }
        if (!tls.verify()) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        }
        Identity identity = null;
        if (tls.certificate() != null && tls.key() != null) {
            identity = Identity.read(new NamedFile(owner + ": tls.certificate", folder.resolve(tls.certificate())),
                    new NamedFile(owner + ": tls.key", folder.resolve(tls.key())), contents, now, errors);
            if (identity != null) {
                builder.keyManager(identity.key(), identity.chain());
            }
        }
        if (errors.size() > before) {
            return null;
        }
        try {
            SslContext context = builder.build();
            return new ClientTls(new TlsContext(context), builder, tls.serverName(),
                    identity == null ? null : identity.expiry());
        } catch (SSLException | IllegalArgumentException e) {
            errors.add(owner + ": tls: cannot be used: " + e.getMessage());
            return null;
        }
    }

    /**
     * A handler for a connection to an endpoint, or null where the files have changed and this is not in use any more.
     *
     * @param host the endpoint's, which its certificate must name unless the pool gives another name
     */
    public @Nullable SslHandler newHandler(ByteBufAllocator alloc, String host, int port) {
        return context.newHandler(alloc, name(host), port);
    }

    /**
     * An engine of the JDK, for connections that are not Netty's: it needs no release.
     *
     * @param host the endpoint's, which its certificate must name unless the pool gives another name
     */
    public SSLEngine newEngine(String host, int port) {
        SslContext known = ofJdk;
        if (known == null) {
            try {
                known = builder.sslProvider(SslProvider.JDK).build();
            } catch (SSLException e) {
                throw new IllegalStateException(e);
            }
            ofJdk = known;
        }
        return known.newEngine(UnpooledByteBufAllocator.DEFAULT, name(host), port);
    }

    /** The name that an endpoint must prove. The dot that ends a full name is DNS' own; no certificate has it. */
    private String name(String host) {
        String name = serverName != null ? serverName : host;
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    /** When the certificate that is shown to endpoints ends, or null where none is. */
    public @Nullable Instant expiry() {
        return expiry;
    }

    /** Frees the context, once the last connection has ended. */
    @Override
    public void close() {
        context.close();
    }
}
