package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.penstock.server.tls.TestPki;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Metrics of engines in pools with TLS, from the configuration file to the gauge. */
@Timeout(60)
class EncryptedMetricsTest {

    /** More than one record of TLS. */
    private static final String PAGE = "vllm:kv_cache_usage_perc{model_name=\"m\"} 0.5\n"
            + "# a line that nobody needs to look at\n".repeat(2_000);

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger pages = new AtomicInteger();
    private final Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();
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

    private HttpsServer engine(X509Bundle certificate, String protocol, boolean clientCertificate) throws IOException {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(pki.context(certificate)) {
            @Override
            public void configure(HttpsParameters parameters) {
                var tls = getSSLContext().getDefaultSSLParameters();
                tls.setProtocols(new String[] {protocol});
                tls.setNeedClientAuth(clientCertificate);
                parameters.setSSLParameters(tls);
            }
        });
        server.createContext("/metrics", exchange -> {
            byte[] body = PAGE.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
            clients.add(exchange.getRemoteAddress());
            pages.incrementAndGet();
        });
        server.start();
        open.add(() -> server.stop(0));
        return server;
    }

    private Penstock balancer(String pool, HttpsServer engine) {
        pki.file("penstock.yaml", "pools: [{name: p, " + pool + "}]\nmodels: [{name: m, pool: p, endpoints: "
                + "[\"localhost:" + engine.getAddress().getPort() + "\"]}]\n");
        Penstock penstock = TestBalancer.builder().configFile(folder.resolve("penstock.yaml"))
                .setting("scrape.enabled", "true", "test").setting("scrape.interval", "100ms", "test").start();
        open.add(penstock);
        return penstock;
    }

    private static String snapshot(Penstock penstock) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://localhost:" + penstock.adminPort()
                    + "/admin/snapshot?model=m")).build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldReadThePagesOfAnEngineThatEncrypts(String protocol) throws IOException {
        Penstock penstock = balancer("tls: {ca: ca.pem}", engine(pki.issue("localhost"), protocol, false));
        TestBalancer.await("some pages", () -> pages.get() >= 5);
        assertThat(snapshot(penstock)).contains("kv_cache_usage_perc").contains("0.5");
        assertThat(clients).as("one connection for all pages").hasSize(1);
    }

    @Test
    void shouldShowItsOwnCertificate() throws IOException {
        pki.install("client", pki.issue("balancer"));
        balancer("tls: {ca: ca.pem, certificate: client.pem, key: client.key}",
                engine(pki.issue("localhost"), "TLSv1.3", true));
        TestBalancer.await("a page", () -> pages.get() >= 1);
    }

    @Test
    void shouldTrustWhomItIsToldTo() throws IOException {
        balancer("tls: {ca: ca.pem, server-name: elsewhere}", engine(pki.issue("elsewhere"), "TLSv1.3", false));
        TestBalancer.await("a page", () -> pages.get() >= 1);
    }

    @Test
    void shouldAskNobodyWhoCannotProveHimself() throws IOException {
        Penstock penstock = balancer("tls: {ca: ca.pem}", engine(pki.issue("elsewhere"), "TLSv1.3", false));
        TestBalancer.await("the reason", () -> snapshot(penstock).contains("tls: "));
        assertThat(pages).hasValue(0);
    }
}
