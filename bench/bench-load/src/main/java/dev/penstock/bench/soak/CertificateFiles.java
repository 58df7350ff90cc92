package dev.penstock.bench.soak;

import dev.penstock.bench.certificate.Certificate;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The files of the listener's certificate, and their edits, good ones and bad ones. One thread. */
final class CertificateFiles {
    private static final int SESSIONS = 64;
    private static final int CERTIFICATES = 3;

    private final List<Certificate> made = new ArrayList<>();
    private final List<X509Certificate> known = new ArrayList<>();
    private final Certificate used;
    private int edits;
    private int broken;

    /** Makes some certificates in a folder; the first of them is in use. */
    CertificateFiles(Path folder) {
        used = new Certificate(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        for (int i = 0; i < CERTIFICATES; i++) {
            made.add(Certificate.make(folder, "certificate-" + i));
        }
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Certificate one : made) {
                try (InputStream in = Files.newInputStream(one.certificate())) {
                    known.add((X509Certificate) factory.generateCertificate(in));
                }
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read a certificate: " + e.getMessage(), e);
        }
        use(0);
    }

    /** What the listener reads. */
    Certificate used() {
        return used;
    }

    int edits() {
        return edits;
    }

    int broken() {
        return broken;
    }

    /** The certificate that was made so many before. */
    X509Certificate certificate(int index) {
        return known.get(index);
    }

    /** Puts a certificate and its key in place, the one after the other as tools do. */
    void use(int index) {
        write(used.key(), read(made.get(index).key()));
        write(used.certificate(), read(made.get(index).certificate()));
    }

    /** Edits at random: another certificate, or something broken that must not be taken. */
    void edit(RandomGenerator random) {
        int index = random.nextInt(CERTIFICATES);
        edits++;
        switch (random.nextInt(6)) {
            case 0 -> {
                broken++;
                write(used.certificate(), "");
            }
            case 1 -> {
                broken++;
                String key = read(made.get(index).key());
                write(used.key(), key.substring(0, key.length() / 2));
            }
            case 2 -> {
                broken++;
                write(used.key(), read(made.get(index).key()));
                write(used.certificate(), read(made.get((index + 1) % CERTIFICATES).certificate()));
            }
            default -> use(index);
        }
    }

    /** What clients trust: all of those that were made, and no other. */
    Door.Trust trust() {
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < known.size(); i++) {
                store.setCertificateEntry("known-" + i, known.get(i));
            }
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(store);
            SSLContext sockets = SSLContext.getInstance("TLS");
            sockets.init(null, trusted.getTrustManagers(), null);
            // By default clients remember 20,480 sessions, which would look like a heap that grows.
            sockets.getClientSessionContext().setSessionCacheSize(SESSIONS);
            SslContext http2 = SslContextBuilder.forClient().sslProvider(SslProvider.JDK).trustManager(trusted)
                    .endpointIdentificationAlgorithm(null)
                    .sessionCacheSize(SESSIONS)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1))
                    .build();
            return new Door.Trust(sockets.getSocketFactory(), http2);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("no TLS: " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, text);
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
