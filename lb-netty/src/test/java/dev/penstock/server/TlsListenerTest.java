package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.server.tls.TestPki;
import io.netty.pkitesting.X509Bundle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The traffic port with TLS, from a configuration file to answers. */
@Timeout(60)
class TlsListenerTest {
    @TempDir
    Path folder;

    private final TestEngine engine = new TestEngine();
    private TestPki pki;
    private X509Bundle certificate;
    private @Nullable TestBalancer balancer;

    @BeforeEach
    void files() {
        pki = new TestPki(folder);
        certificate = pki.install("server", pki.issue("localhost", "127.0.0.1"));
    }

    @AfterEach
    void close() {
        if (balancer != null) {
            balancer.close();
        }
        engine.close();
    }

    private TestBalancer start(@Nullable X509Bundle client, String... lines) throws IOException {
        return start(pki.context(client), lines);
    }

    private TestBalancer start(SSLContext client, String... lines) throws IOException {
        Path config = Files.write(folder.resolve("penstock.yaml"), Stream.concat(Stream.of(lines), Stream.of(
                "tls.certificate: server.pem", "tls.key: server.key",
                "models: [{name: m, endpoints: [\"127.0.0.1:" + engine.port() + "\"]}]")).toList());
        TestBalancer started = TestBalancer.start(config, client);
        balancer = started;
        return started;
    }

    private SSLSocket connect(TestBalancer to) throws IOException {
        SSLSocket socket = (SSLSocket) pki.context(null).getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), to.penstock.port());
        socket.setSoTimeout(15_000);
        return socket;
    }

    private static X509Certificate shown(SSLSocket socket) throws IOException {
        socket.startHandshake();
        return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }

    private static void awaitMetric(TestBalancer of, String line) {
        TestBalancer.await(line, () -> of.admin("/metrics").contains(line));
    }

    @Test
    void shouldAnswerAnHttpsRequestAndReuseTheConnection() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        assertThat(https.chat().statusCode()).isEqualTo(200);
        assertThat(https.chat().body()).contains("\"id\":\"a\"");
        assertThat(https.admin("/metrics"))
                .contains("penstock_tls_certificate_expiry_seconds{certificate=\"listener\"} ")
                .contains("penstock_tls_reload_failures_total 0.0");
    }

    @Test
    void shouldAnswerOverHttp2WhereTheClientOffersIt() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        try (HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2)
                .sslContext(pki.context(null)).build()) {
            HttpResponse<String> answer = http2.send(https.request(TestBalancer.CHAT),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
        awaitMetric(https, "penstock_client_connections_total{protocol=\"h2\"} 1.0");
    }

    @Test
    void shouldNegotiateHttp11AndBothVersions() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            try (SSLSocket socket = connect(https)) {
                socket.setEnabledProtocols(new String[] {version});
                var parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"spdy/3", "http/1.1"});
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                assertThat(socket.getSession().getProtocol()).isEqualTo(version);
                assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
            }
        }
    }

    @Test
    void shouldRefuseVersionsBelowTheConfiguredOne() throws Exception {
        TestBalancer https = start((X509Bundle) null, "tls.min-version: TLSv1.3");
        try (SSLSocket socket = connect(https)) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
        awaitMetric(https, "penstock_tls_handshake_failures_total{reason=\"version\"} 1.0");
    }

    @Test
    void shouldTellAPlainRequestThatThisIsAnHttpsPort() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), https.penstock.port())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("plain HTTP request was sent to an HTTPS port");
        }
        awaitMetric(https, "penstock_tls_handshake_failures_total{reason=\"plain-http\"} 1.0");
    }

    @Test
    void shouldCountWhyHandshakesFail() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        try (Socket garbage = new Socket(InetAddress.getLoopbackAddress(), https.penstock.port())) {
            garbage.setSoTimeout(15_000);
            garbage.getOutputStream().write(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9});
            assertThat(garbage.getInputStream().readAllBytes()).isNotNull();
        }
        awaitMetric(https, "penstock_tls_handshake_failures_total{reason=\"not-tls\"} 1.0");
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), https.penstock.port())) {
            silent.setSoTimeout(15_000);
            assertThat(silent.getInputStream().read()).isNegative();
        }
        awaitMetric(https, "penstock_tls_handshake_failures_total{reason=\"timeout\"} 1.0");
        try (Socket gone = new Socket(InetAddress.getLoopbackAddress(), https.penstock.port())) {
            gone.getOutputStream().write(new byte[] {22, 3, 1});
        }
        awaitMetric(https, "penstock_tls_handshake_failures_total{reason=\"closed\"} 1.0");
        SSLContext stranger = TestPki.context(null, TestPki.root("cn=other"));
        try (Socket distrusts = stranger.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(),
                https.penstock.port())) {
            assertThatThrownBy(((SSLSocket) distrusts)::startHandshake).isInstanceOf(SSLException.class);
        }
        awaitMetric(https, "penstock_tls_handshake_failures_total{reason=\"refused-by-client\"} 1.0");
    }

    @Test
    void shouldResumeSessionsOfItsOwnTickets() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        SSLContext remembers = pki.context(null);
        long first;
        try (SSLSocket socket = (SSLSocket) remembers.getSocketFactory().createSocket("localhost",
                https.penstock.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            first = socket.getSession().getCreationTime();
        }
        try (SSLSocket socket = (SSLSocket) remembers.getSocketFactory().createSocket("localhost",
                https.penstock.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            assertThat(socket.getSession().getCreationTime()).isEqualTo(first);
        }
    }

    @Test
    void shouldRequireAClientCertificateOfItsAuthority() throws Exception {
        TestBalancer mutual = start(pki.issue("client"), "tls.client-ca: ca.pem", "tls.client-auth: required");
        assertThat(mutual.chat().statusCode()).isEqualTo(200);

        assertThatThrownBy(() -> request(mutual, pki.context(null))).isInstanceOf(IOException.class);
        awaitMetric(mutual, "penstock_tls_handshake_failures_total{reason=\"no-client-certificate\"} 1.0");
        X509Bundle stranger = stranger();
        assertThatThrownBy(() -> request(mutual, pki.context(stranger))).isInstanceOf(IOException.class);
        awaitMetric(mutual, "penstock_tls_handshake_failures_total{reason=\"client-certificate\"} 1.0");
    }

    @Test
    void shouldRequireAClientCertificateOverHttp2Too() throws Exception {
        TestBalancer mutual = start(pki.issue("client"), "tls.client-ca: ca.pem", "tls.client-auth: required");
        HttpClient.Builder http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2);
        try (HttpClient known = http2.sslContext(pki.context(pki.issue("client"))).build()) {
            HttpResponse<String> answer = known.send(mutual.request(TestBalancer.CHAT),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }
        for (SSLContext unknown : List.of(pki.context(null), pki.context(stranger()))) {
            try (HttpClient client = http2.sslContext(unknown).build()) {
                assertThatThrownBy(() -> client.send(mutual.request(TestBalancer.CHAT),
                        HttpResponse.BodyHandlers.ofString())).isInstanceOf(IOException.class);
            }
        }
        assertThat(engine.asked).hasSize(1);
        awaitMetric(mutual, "penstock_client_connections_total{protocol=\"h2\"} 1.0");
    }

    @Test
    void shouldTakeClientsWithAndWithoutCertificateWhereItIsOptional() throws Exception {
        TestBalancer optional = start(pki.issue("client"), "tls.client-ca: ca.pem", "tls.client-auth: optional");
        assertThat(optional.chat().statusCode()).isEqualTo(200);
        assertThat(request(optional, pki.context(null))).startsWith("HTTP/1.1 200 ");
        X509Bundle stranger = stranger();
        assertThatThrownBy(() -> request(optional, pki.context(stranger))).isInstanceOf(IOException.class);
    }

    /** By an authority of the same name: else clients see that it is not asked for, and do not show it. */
    private static X509Bundle stranger() {
        return TestPki.issue(TestPki.root("cn=test-ca"), Instant.now().plusSeconds(3_600), "x");
    }

    /** The first line of the answer to a request on a connection of its own. */
    private static String request(TestBalancer to, SSLContext tls) throws IOException {
        try (Socket socket = tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(),
                to.penstock.port())) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream().write(("POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: "
                    + TestBalancer.CHAT.length() + "\r\n\r\n" + TestBalancer.CHAT).getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(),
                    StandardCharsets.US_ASCII)).readLine();
            if (line == null) {
                throw new IOException("closed");
            }
            return line;
        }
    }

    @Test
    void shouldShowAChangedCertificateToNewConnectionsWhileAStreamRuns() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        HttpResponse<InputStream> stream = https.client.send(https.request(TestBalancer.STREAM),
                HttpResponse.BodyHandlers.ofInputStream());
        byte[] first = stream.body().readNBytes(TestEngine.FIRST.length());

        X509Bundle renewed = pki.install("server", pki.issue("localhost", "127.0.0.1"));
        TestBalancer.await("the new certificate", () -> {
            try (SSLSocket socket = connect(https)) {
                return shown(socket).equals(renewed.getCertificate());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        engine.goOn.countDown();
        assertThat(new String(first, StandardCharsets.UTF_8)
                + new String(stream.body().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(TestEngine.FIRST + TestEngine.REST);
    }

    @Test
    void shouldKeepTheLastGoodCertificateWhereTheFilesAreBroken() throws Exception {
        TestBalancer https = start((X509Bundle) null);
        pki.file("server.key", pki.issue("localhost").getPrivateKeyPEM());
        awaitMetric(https, "penstock_tls_reload_failures_total 1.0");
        assertThat(https.admin("/admin/config")).contains("server.key: is not the key of the certificate in");
        try (SSLSocket socket = connect(https)) {
            assertThat(shown(socket)).isEqualTo(certificate.getCertificate());
        }
        pki.install("server", certificate);
        TestBalancer.await("no error", () -> !https.admin("/admin/config").contains("is not the key"));
    }

    @Test
    void shouldFollowTheSwappedLinksOfAMountedSecret() throws Exception {
        Path first = Files.createDirectory(folder.resolve("..1"));
        new TestPki(first).install("server", certificate);
        Files.createSymbolicLink(folder.resolve("..data"), first.getFileName());
        for (String name : List.of("server.pem", "server.key")) {
            Files.delete(folder.resolve(name));
            Files.createSymbolicLink(folder.resolve(name), Path.of("..data", name));
        }
        TestBalancer https = start((X509Bundle) null);
        Path second = Files.createDirectory(folder.resolve("..2"));
        X509Bundle renewed = new TestPki(second).install("server", pki.issue("localhost", "127.0.0.1"));
        Files.createSymbolicLink(folder.resolve("..data_tmp"), second.getFileName());
        Files.move(folder.resolve("..data_tmp"), folder.resolve("..data"),
                StandardCopyOption.ATOMIC_MOVE);
        TestBalancer.await("the new certificate", () -> {
            try (SSLSocket socket = connect(https)) {
                return shown(socket).equals(renewed.getCertificate());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void shouldSayEverythingThatIsWrongAtOnce() throws IOException {
        pki.install("server", pki.expired("localhost"));
        pki.file("server.key", "-----BEGIN RSA PRIVATE KEY-----\nAA==\n-----END RSA PRIVATE KEY-----\n");
        Path config = Files.writeString(folder.resolve("penstock.yaml"), """
                tls: {certificate: server.pem, key: server.key, client-ca: none.pem, client-auth: required}
                pools:
                  - name: secure
                    tls: {ca: missing.pem}
                    api-key-file: no.key
                models: [{name: m, pool: secure, endpoints: ["127.0.0.1:1"]}]
                """);
        List<String> problems = TestBalancer.builder().configFile(config).check().problems();
        assertThat(problems).hasSize(5);
        assertThat(String.join("\n", problems)).contains("server.pem: the certificate of", "has expired on",
                "server.key: -----BEGIN RSA PRIVATE KEY----- (expected: PKCS#8",
                "tls.client-ca: " + folder.resolve("none.pem") + ": no such file",
                "penstock.yaml:3: pool secure: tls.ca: " + folder.resolve("missing.pem") + ": no such file",
                "pool secure: api-key-file: " + folder.resolve("no.key") + ": no such file");
        assertThatThrownBy(() -> TestBalancer.builder().configFile(config).start())
                .hasMessageContaining("has expired on").hasMessageContaining("no.key");
    }

    @Test
    void shouldRefuseSettingsThatContradictEachOther() {
        assertThat(TestBalancer.builder().setting("tls.certificate", "a.pem", "test")
                .setting("tls.client-auth", "required", "test").setting("tls.min-version", "TLSv1.1", "test")
                .check().problems()).singleElement().asString().contains("tls.min-version: TLSv1.1 (expected: one of");
        assertThat(TestBalancer.builder().setting("tls.certificate", "a.pem", "test")
                .setting("tls.client-auth", "required", "test")
                .config("inline", "models: [{name: m, endpoints: [a]}]").check().problems())
                .anyMatch(line -> line.startsWith("tls.certificate: without tls.key"))
                .anyMatch(line -> line.startsWith("tls.client-auth: required without tls.client-ca"));
    }
}
