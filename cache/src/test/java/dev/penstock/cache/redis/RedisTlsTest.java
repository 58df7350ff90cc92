package dev.penstock.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS with a real server: who is trusted, for which host, and who shows a certificate. */
@Timeout(60)
class RedisTlsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    private String ca = "";
    private String cert = "";
    private String key = "";
    private int port;

    @BeforeEach
    void makeCertificates() throws Exception {
        port = RedisServer.freePort();
        CertificateBuilder builder = new CertificateBuilder().ecp256();
        X509Bundle authority = builder.copy().subject("CN=authority").setIsCertificateAuthority(true)
                .buildSelfSigned();
        // For the name of this machine to itself, not for its address.
        X509Bundle own = builder.copy().subject("CN=redis").addSanDnsName("localhost").buildIssuedBy(authority);
        ca = file("ca.pem", authority.getCertificatePEM());
        cert = file("own.pem", own.getCertificatePEM());
        key = file("own.key", own.getPrivateKeyPEM());
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private RedisServer start(String authClients) {
        return RedisServer.start("--tls-port", Integer.toString(port), "--tls-cert-file", cert, "--tls-key-file", key,
                "--tls-ca-cert-file", ca, "--tls-auth-clients", authClients);
    }

    private Redis open(String host, RedisTls tls) {
        return Redis.open(new RedisSettings("rediss://" + host + ':' + port, RedisLogin.NONE, RedisLogin.NONE, tls,
                "one", TimeUnit.SECONDS.toNanos(10)), NanoClock.SYSTEM, Metrics.NONE);
    }

    @Test
    void shouldTrustWhomItWasToldToTrust() throws Exception {
        try (RedisServer server = start("no"); Redis redis = open("localhost", new RedisTls(ca, "", "", true))) {
            RedisServer.await("up", redis::up);
            assertThat(redis.text("test", "a", 10).toCompletableFuture().get(20, TimeUnit.SECONDS)).isEmpty();
            assertThat(server.command("CLIENT", "LIST")).contains("name=penstock:one");
        }
    }

    @Test
    void shouldTrustNobodyElse() {
        try (RedisServer server = start("no"); LogLines lines = LogLines.of(Redis.class);
                Redis redis = open("localhost", RedisTls.DEFAULT)) {
            assertThat(lines.await("connection: denied")).containsAnyOf("PKIX", "certificat");
            assertThat(redis.up()).isFalse();
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void shouldCompareTheNameOfTheHostUnlessToldNotTo() {
        try (RedisServer server = start("no")) {
            try (LogLines lines = LogLines.of(Redis.class);
                    Redis redis = open("127.0.0.1", new RedisTls(ca, "", "", true))) {
                assertThat(lines.await("connection: denied")).contains("127.0.0.1");
                assertThat(redis.up()).isFalse();
            }
            try (Redis redis = open("127.0.0.1", new RedisTls(ca, "", "", false))) {
                RedisServer.await("up", redis::up);
            }
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void shouldShowItsCertificate() {
        try (RedisServer server = start("yes");
                Redis redis = open("localhost", new RedisTls(ca, cert, key, true))) {
            RedisServer.await("up", redis::up);
            assertThat(server.command("CLIENT", "LIST")).contains("name=penstock:one");
        }
    }
}
