package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.tls.TestPki;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pools of endpoints: encryption and keys towards engines, from a configuration file to what engines see. */
@Timeout(60)
class EnginePoolsTest {
    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private TestPki pki;

    @BeforeEach
    void authority() {
        pki = new TestPki(folder);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T closing(T part) {
        open.add(part);
        return part;
    }

    private TestEngine engine(X509Bundle certificate, boolean clientCertificate) {
        return closing(new TestEngine(pki.context(certificate), clientCertificate));
    }

    private TestBalancer start(String pool, String... endpoints) throws IOException {
        write(pool, endpoints);
        return closing(TestBalancer.start(folder.resolve("penstock.yaml"), null));
    }

    private void write(String pool, String... endpoints) {
        pki.file("penstock.yaml", "pools: [{name: p, " + pool + "}]\nmodels: [{name: m, pool: p, endpoints: "
                + List.of(endpoints) + "}]\n");
    }

    private static String local(TestEngine engine) {
        return "\"localhost:" + engine.port() + "\"";
    }

    @Test
    void shouldSpeakTlsToAnEngineWhoseCertificateNamesItsHost() throws Exception {
        TestEngine engine = engine(pki.issue("localhost"), false);
        TestBalancer balancer = start("tls: {ca: ca.pem}", local(engine));
        assertThat(balancer.chat().statusCode()).isEqualTo(200);
        assertThat(balancer.chat().statusCode()).isEqualTo(200);
        assertThat(engine.asked.take().connection()).isEqualTo(engine.asked.take().connection());
        assertThat(balancer.admin("/admin/snapshot")).contains("\"pool\" : \"p\"");
    }

    @Test
    void shouldVerifyAddressesToo() throws Exception {
        TestEngine engine = engine(pki.issue("127.0.0.1"), false);
        assertThat(start("tls: {ca: ca.pem}", "\"127.0.0.1:" + engine.port() + "\"").chat().statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldTakeAnotherEndpointWhereOneCannotProveItself() throws Exception {
        TestEngine wrongName = engine(pki.issue("elsewhere"), false);
        TestEngine expired = engine(pki.expired("localhost"), false);
        TestEngine good = engine(pki.issue("localhost"), false);
        TestBalancer balancer = start("tls: {ca: ca.pem}", local(wrongName), local(expired), local(good));
        assertThat(balancer.chat().statusCode()).isEqualTo(200);
        assertThat(wrongName.asked).isEmpty();
        assertThat(expired.asked).isEmpty();
        assertThat(good.asked).hasSize(1);
        assertThat(balancer.admin("/metrics")).contains("penstock_upstream_connections_opened_total 1.0");

        TestBalancer hopeless = start("tls: {ca: ca.pem}", local(wrongName), local(expired));
        assertThat(hopeless.chat().statusCode()).isEqualTo(503);
        assertThat(hopeless.admin("/metrics")).contains("penstock_upstream_connect_failures_total 2.0")
                .contains("penstock_upstream_connections_opened_total 0.0");
        assertThat(wrongName.asked).isEmpty();
        assertThat(expired.asked).isEmpty();
    }

    @Test
    void shouldAnswer503WhereNoEndpointSpeaksTls() throws Exception {
        TestEngine plain = closing(new TestEngine());
        assertThat(start("tls: {ca: ca.pem}", local(plain)).chat().statusCode()).isEqualTo(503);
        assertThat(plain.asked).isEmpty();
    }

    @Test
    void shouldTrustWhomItIsToldTo() throws Exception {
        TestEngine engine = engine(pki.issue("elsewhere"), false);
        assertThat(start("tls: {ca: ca.pem, server-name: elsewhere}", local(engine)).chat().statusCode())
                .isEqualTo(200);
        assertThat(start("tls: {verify: false}", local(engine)).chat().statusCode()).isEqualTo(200);
        assertThat(start("tls: {}", local(engine)).chat().statusCode()).isEqualTo(503);
    }

    @Test
    void shouldShowItsOwnCertificate() throws Exception {
        TestEngine engine = engine(pki.issue("localhost"), true);
        // With TLS 1.3 the engine says so only after the request was sent.
        assertThat(start("tls: {ca: ca.pem}", local(engine)).chat().statusCode()).isEqualTo(502);
        pki.install("client", pki.issue("balancer"));
        TestBalancer balancer = start("tls: {ca: ca.pem, certificate: client.pem, key: client.key}", local(engine));
        assertThat(balancer.chat().statusCode()).isEqualTo(200);
        assertThat(balancer.admin("/metrics"))
                .contains("penstock_tls_certificate_expiry_seconds{certificate=\"pool p\"}");
    }

    @Test
    void shouldSendTheKeyOfThePoolInPlaceOfTheClients() throws Exception {
        TestEngine engine = closing(new TestEngine());
        pki.file("engine.key", "s3cret-of-engines\n");
        TestBalancer balancer = start("api-key-file: engine.key", local(engine));
        assertThat(balancer.chat("Authorization", "Bearer client", "x-api-key", "client").statusCode()).isEqualTo(200);
        TestEngine.Asked asked = engine.asked.take();
        assertThat(asked.authorization()).containsExactly("Bearer s3cret-of-engines");
        assertThat(asked.apiKey()).isEmpty();
        for (String page : List.of("/admin/config", "/admin/snapshot", "/metrics", "/admin/plugins")) {
            assertThat(balancer.admin(page)).doesNotContain("s3cret");
        }
    }

    @Test
    void shouldSendTheKeyOfThePoolWithChecksToo() throws Exception {
        TestEngine engine = closing(new TestEngine());
        pki.file("engine.key", "one");
        write("api-key-file: engine.key", local(engine));
        closing(TestBalancer.builder().setting("health.path", "/health", "test")
                .setting("health.interval", "20ms", "test").configFile(folder.resolve("penstock.yaml")).start());
        assertThat(engine.asked.take().authorization()).containsExactly("Bearer one");
        pki.file("engine.key", "two");
        List<String> sent;
        do {
            sent = engine.asked.take().authorization();
            assertThat(sent).isSubsetOf("Bearer one", "Bearer two").hasSize(1);
        } while (!sent.contains("Bearer two"));
    }

    @Test
    void shouldStripOrForwardTheClientsKeyAsItIsTold() throws Exception {
        TestEngine engine = closing(new TestEngine());
        start("authorization: strip", local(engine)).chat("Authorization", "Bearer client", "x-api-key", "client");
        assertThat(engine.asked.take().authorization()).isEmpty();
        start("authorization: forward", local(engine)).chat("Authorization", "Bearer client", "x-api-key", "client");
        TestEngine.Asked asked = engine.asked.take();
        assertThat(asked.authorization()).containsExactly("Bearer client");
        assertThat(asked.apiKey()).containsExactly("client");
    }

    @Test
    void shouldSendAChangedKeyOnNewConnections() throws Exception {
        TestEngine engine = closing(new TestEngine());
        pki.file("engine.key", "one");
        TestBalancer balancer = start("api-key-file: engine.key", local(engine));
        balancer.chat();
        TestEngine.Asked first = engine.asked.take();
        pki.file("engine.key", "two");
        TestBalancer.await("the new key", () -> {
            try {
                balancer.chat();
                TestEngine.Asked asked = engine.asked.take();
                boolean changed = asked.authorization().equals(List.of("Bearer two"));
                assertThat(changed && asked.connection().equals(first.connection())).isFalse();
                return changed;
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        pki.file("engine.key", "two words");
        TestBalancer.await("the error",
                () -> balancer.admin("/admin/config").contains("expected: one key on one line"));
        assertThat(balancer.admin("/admin/config")).doesNotContain("two words");
        balancer.chat();
        assertThat(engine.asked.take().authorization()).containsExactly("Bearer two");
    }

    @Test
    void shouldTakeChangedPoolsFromTheConfigurationAndRefuseBrokenOnes() throws Exception {
        TestEngine engine = closing(new TestEngine());
        TestBalancer balancer = start("authorization: strip", local(engine));
        balancer.chat("Authorization", "Bearer client");
        assertThat(engine.asked.take().authorization()).isEmpty();

        write("api-key-file: later.key", local(engine));
        TestBalancer.await("the error", () -> balancer.admin("/admin/config").contains("later.key: no such file"));
        balancer.chat("Authorization", "Bearer client");
        assertThat(engine.asked.take().authorization()).isEmpty();

        pki.file("later.key", "late");
        TestBalancer.await("the key", () -> !balancer.admin("/admin/config").contains("later.key"));
        balancer.chat("Authorization", "Bearer client");
        assertThat(engine.asked.take().authorization()).containsExactly("Bearer late");
    }

    @Test
    void shouldNeverConnectToAnEndpointWhosePoolIsNotConfigured() throws Exception {
        TestEngine engine = closing(new TestEngine());
        Path file = folder.resolve("penstock.yaml");
        Files.writeString(file, "models: [{name: m, pool: nobody, endpoints: [" + local(engine) + "]}]");
        assertThat(TestBalancer.builder().configFile(file).check().problems())
                .containsExactly(file + ":1:26: model m: there is no pool nobody");
    }

    @Test
    void shouldReachAnEngineByIpv6AndListenThere() throws Exception {
        TestEngine engine = closing(new TestEngine(null, false, InetAddress.getByName("::1")));
        Penstock penstock = closing(TestBalancer.builder().setting("listen.host", "::", "test")
                .setting("admin.host", "::1", "test")
                .config("inline", "models: [{name: m, endpoints: [\"[::1]:" + engine.port() + "\"]}]").start());
        for (String host : List.of("127.0.0.1", "::1")) {
            try (Socket socket = new Socket(host, penstock.port())) {
                socket.setSoTimeout(15_000);
                socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: "
                        + TestBalancer.CHAT.length() + "\r\nconnection: close\r\n\r\n" + TestBalancer.CHAT)
                        .getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(socket.getInputStream().readAllBytes(),
                        StandardCharsets.US_ASCII)).startsWith("HTTP/1.1 200 ")
                        .contains("target-pod-ip: [::1]:" + engine.port());
            }
        }
    }
}
