package dev.penstock.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and keys from files: what is read, and what is said of what cannot be. */
class IdentityTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

    @TempDir
    Path folder;

    private final List<String> errors = new ArrayList<>();
    private TestPki pki;

    @BeforeEach
    void files() {
        pki = new TestPki(folder);
        pki.install("own", TestPki.issue(pki.ca, NOW.plus(30, ChronoUnit.DAYS), "a"));
    }

    private @Nullable Identity read() {
        Path certificate = folder.resolve("own.pem");
        Path key = folder.resolve("own.key");
        return Identity.read(new NamedFile("tls.certificate", certificate), new NamedFile("tls.key", key),
                FileContents.of(List.of(certificate, key)), NOW, errors);
    }

    @Test
    void shouldReadAChainAndTellWhenTheFirstOfItEnds() {
        Instant end = NOW.plus(20, ChronoUnit.DAYS);
        X509Bundle own = pki.install("own", TestPki.issue(pki.ca, NOW.plus(30, ChronoUnit.DAYS), "a"));
        X509Bundle issuer = TestPki.issue(pki.ca, end, "issuer");
        pki.file("own.pem", "a word before\n" + own.getCertificatePEM() + "\n" + issuer.getCertificatePEM());
        Identity identity = read();
        assertThat(errors).isEmpty();
        assertThat(identity).isNotNull();
        assertThat(identity.chain()).containsExactly(own.getCertificate(), issuer.getCertificate());
        assertThat(identity.expiry()).isEqualTo(end);
    }

    @Test
    void shouldReadRsaKeys() throws Exception {
        pki.install("own", new CertificateBuilder().rsa2048().setIsCertificateAuthority(true).subject("cn=a")
                .notBefore(NOW.minusSeconds(1))
                .notAfter(NOW.plusSeconds(1)).buildSelfSigned());
        assertThat(read()).isNotNull();
        assertThat(errors).isEmpty();
    }

    @Test
    void shouldTellAllThatIsWrongWithBothFiles() {
        pki.file("own.pem", "no certificate");
        pki.file("own.key", "no key");
        assertThat(read()).isNull();
        assertThat(errors).containsExactly(
                "tls.certificate: " + folder.resolve("own.pem")
                        + ": no certificate in it (expected: PEM, -----BEGIN CERTIFICATE-----)",
                "tls.key: " + folder.resolve("own.key")
                        + ": no key in it (expected: PEM, -----BEGIN PRIVATE KEY-----)");
    }

    @Test
    void shouldTellOfKeysInOtherForms() {
        for (String label : List.of("RSA PRIVATE KEY", "EC PRIVATE KEY")) {
            errors.clear();
            pki.file("own.key", "-----BEGIN " + label + "-----\nAAAA\n-----END " + label + "-----\n");
            assertThat(read()).isNull();
            assertThat(errors).singleElement().asString().contains("expected: PKCS#8").contains("openssl pkcs8");
        }
        for (String text : List.of(
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")) {
            errors.clear();
            pki.file("own.key", text);
            assertThat(read()).isNull();
            assertThat(errors).singleElement().asString().contains("the key is encrypted");
        }
        errors.clear();
        pki.file("own.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThat(read()).isNull();
        assertThat(errors).singleElement().asString().contains("the key cannot be read");
    }

    @Test
    void shouldTellOfAKeyThatIsAnotherOnes() throws Exception {
        pki.file("own.key", TestPki.issue(pki.ca, NOW, "b").getPrivateKeyPEM());
        assertThat(read()).isNull();
        assertThat(errors).singleElement().asString().contains("is not the key of the certificate in "
                + folder.resolve("own.pem"));
        errors.clear();
        pki.file("own.key", new CertificateBuilder().rsa2048().setIsCertificateAuthority(true)
                .subject("cn=c").buildSelfSigned().getPrivateKeyPEM());
        assertThat(read()).isNull();
        assertThat(errors).singleElement().asString().contains("is not the key of the certificate in ");
    }

    @Test
    void shouldTellOfCertificatesThatAreOverOrNotYetThere() {
        pki.install("own", TestPki.issue(pki.ca, NOW.minusSeconds(60), "a"));
        assertThat(read()).isNull();
        assertThat(errors).singleElement().asString().contains("has expired on 2029-12-31T23:59:00Z");
        errors.clear();
        pki.install("own", TestPki.issue(pki.ca, NOW.plus(90, ChronoUnit.DAYS), "a"));
        assertThat(read()).isNull();
        assertThat(errors).singleElement().asString().contains("is not valid before 2030-01-31T00:00:00Z");
    }

    @Test
    void shouldNeverTellWhatIsInAKey() {
        pki.file("own.key", "-----BEGIN PRIVATE KEY-----\nSECRETSECRET\n-----END PRIVATE KEY-----\n");
        assertThat(read()).isNull();
        assertThat(String.join("", errors)).doesNotContain("SECRET");
    }
}
