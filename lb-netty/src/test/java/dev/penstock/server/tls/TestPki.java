package dev.penstock.server.tls;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** An authority, what it issues, and the files in which a test puts it. */
public final class TestPki {
    /** The authority. */
    public final X509Bundle ca = root("cn=test-ca");
    private final Path folder;

    /** An authority whose files go to a folder. */
    public TestPki(Path folder) {
        this.folder = folder;
        file("ca.pem", ca.getCertificatePEM());
    }

    /** Another authority. */
    public static X509Bundle root(String name) {
        try {
            return new CertificateBuilder().ecp256().subject(name).setIsCertificateAuthority(true).buildSelfSigned();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A certificate for names or addresses. */
    public X509Bundle issue(String... names) {
        return issue(ca, Instant.now().plus(30, ChronoUnit.DAYS), names);
    }

    /** A certificate for names or addresses, by an authority. */
    public static X509Bundle issue(X509Bundle by, Instant until, String... names) {
        CertificateBuilder builder = new CertificateBuilder().ecp256().subject("cn=" + names[0])
                .notBefore(until.minus(60, ChronoUnit.DAYS)).notAfter(until);
        for (String name : names) {
            if (name.matches("[0-9.]+|.*:.*")) {
                builder.addSanIpAddress(name);
            } else {
                builder.addSanDnsName(name);
            }
        }
        try {
            return builder.buildIssuedBy(by);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A certificate that has ended. */
    public X509Bundle expired(String... names) {
        return issue(ca, Instant.now().minus(1, ChronoUnit.DAYS), names);
    }

    /** Puts a certificate into {@code NAME.pem} and its key into {@code NAME.key}. */
    public X509Bundle install(String name, X509Bundle bundle) {
        file(name + ".pem", bundle.getCertificatePathPEM());
        file(name + ".key", bundle.getPrivateKeyPEM());
        return bundle;
    }

    /** Puts a text into a file, all at once. */
    public Path file(String name, String text) {
        try {
            Path temporary = Files.writeString(folder.resolve(name + ".tmp"), text);
            return Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A context of the JDK, for either side, that trusts this authority. */
    public SSLContext context(@Nullable X509Bundle own) {
        return context(own, ca);
    }

    /** A context of the JDK, for either side. */
    public static SSLContext context(@Nullable X509Bundle own, X509Bundle trusted) {
        try {
            KeyManager[] keys = own == null ? null : own.toKeyManagerFactory().getKeyManagers();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, List.of(trusted.toTrustManager()).toArray(new TrustManager[0]), null);
            return context;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
