package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.certificate.Certificate;
import dev.penstock.bench.sim.KvEventForm;
import dev.penstock.bench.sim.SimEngine;
import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import dev.penstock.cache.redis.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The libraries of the image lack what nothing reaches: here each of them is made to do what Penstock has it for, above
 * all where classes are found by reflection. As processes of this machine, with the image's Java machine and cache.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class ImageLibrariesIT {
    private static final String MODEL = "m";

    @TempDir
    private Path folder;

    @BeforeAll
    @Timeout(value = 400, unit = TimeUnit.SECONDS)
    static void buildTheImage() {
        assertThat(Image.home()).isDirectory();
    }

    private RunningPenstock serve(Path configuration, String... options) throws Exception {
        return RunningPenstock.of(Image.command(folder, RunningPenstock.arguments(configuration, options)));
    }

    private static SimFleet fleet() throws Exception {
        return SimFleet.builder().engines(2).model(MODEL).time(TimeModel.zero()).start();
    }

    @Test
    void shouldFindPodsAndAdaptersOfKubernetes() throws Exception {
        try (ApiServerStub server = ApiServerStub.start();
                RunningPenstock running = serve(server.configuration(folder))) {
            running.awaitInSnapshot("engine-0", "engine-1", "from-kubernetes", "adapter-from-kubernetes");
        }
    }

    @ParameterizedTest
    @CsvSource({"native,false", "the JDK,true"})
    void shouldServeHttp2OverTls(String library, boolean ofJdk) throws Exception {
        Certificate certificate = Certificate.make(folder, "server");
        try (SimFleet fleet = fleet()) {
            Path configuration = RunningPenstock.configuration(folder, MODEL, fleet.addresses());
            Files.writeString(configuration, Files.readString(configuration) + "tls:\n  certificate: "
                    + certificate.certificate() + "\n  key: " + certificate.key() + "\n");
            ProcessBuilder builder = Image.command(folder, RunningPenstock.arguments(configuration));
            builder.environment().putAll(Map.of("JDK_JAVA_OPTIONS", "-Dio.netty.handler.ssl.noOpenSsl=" + ofJdk));
            try (RunningPenstock running = RunningPenstock.of(builder);
                    HttpClient client = HttpClient.newBuilder().sslContext(trusting(certificate)).build()) {
                HttpResponse<String> models = client.send(HttpRequest.newBuilder(
                        URI.create("https://127.0.0.1:" + running.port() + "/v1/models")).build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(models.statusCode()).isEqualTo(200);
                assertThat(models.version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(models.body()).contains(MODEL);
                assertThat(running.text()).contains(library);
                assertThat(running.admin("/metrics").body()).contains("penstock_tls_certificate_expiry_seconds");
            }
        }
    }

    @Test
    void shouldRouteByAPluginToEnginesWithNames() throws Exception {
        try (SimFleet fleet = fleet()) {
            List<String> named = fleet.addresses().stream().map(at -> at.replace("127.0.0.1", "localhost")).toList();
            Path configuration = RunningPenstock.configuration(folder, MODEL, named);
            try (RunningPenstock running = serve(configuration, "--set", "routing.strategy=prefix-cache")) {
                assertThat(running.chat(MODEL, false).statusCode()).isEqualTo(200);
                assertThat(running.chat(MODEL, true).body()).anyMatch(line -> line.contains("[DONE]"));
                assertThat(running.admin("/admin/plugins").body()).contains("penstock-routers-kv-cache");
                assertThat(running.admin("/admin/config").body()).contains("prefix-cache");
                assertThat(running.admin("/metrics").body()).contains("penstock_", "# HELP", "# TYPE");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--io.transport=epoll", "--io.transport=io-uring", "--io.transport=nio"})
    void shouldServeOnEachTransport(String option) throws Exception {
        try (SimFleet fleet = fleet()) {
            Path configuration = RunningPenstock.configuration(folder, MODEL, fleet.addresses());
            try (RunningPenstock running = serve(configuration, "--set", option.substring(2))) {
                assertThat(running.chat(MODEL, true).body()).anyMatch(line -> line.contains("[DONE]"));
            }
        }
    }

    @Test
    void shouldMakeTokensOfPrompts() throws Exception {
        Path plugins = CountingTokens.jar(folder);
        try (SimFleet fleet = fleet()) {
            Path configuration = RunningPenstock.configuration(folder, MODEL, fleet.addresses());
            try (RunningPenstock running = serve(configuration, "--set", "plugins.folder=plugins," + plugins, "--set",
                    "routing.strategy=" + CountingTokens.NAME, "--set", "tokenizers.deadline=10s", "--set",
                    "tokenizers.models=a=o200k_base,b=p50k_base,c=r50k_base,d=characters,e=remote")) {
                assertThat(running.chat(MODEL, false).headers().firstValue(CountingTokens.HEADER).orElse("none"))
                        .matches("[1-9][0-9]*");
            }
        }
    }

    @Test
    void shouldSayWhichLibraryOfTokenizersIsMissing() throws Exception {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{}");
        Path configuration = RunningPenstock.configuration(folder, MODEL, List.of("127.0.0.1:1"));
        Distribution.Outcome outcome = Distribution.run(Image.command(folder, List.of("check", "--config",
                configuration.toString(), "--set", "tokenizers.files=mine=" + file)));
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.err()).contains("tokenizers.files: the library ai.djl.huggingface:tokenizers is missing");
    }

    @Test
    void shouldConnectToRedis() throws Exception {
        try (RedisServer redis = RedisServer.start(); SimFleet fleet = fleet()) {
            Path configuration = RunningPenstock.configuration(folder, MODEL, fleet.addresses());
            try (RunningPenstock running = serve(configuration, "--set", "redis.url=" + redis.url())) {
                running.await("connected to Redis", () -> running.admin("/metrics").body()
                        .contains("penstock_redis_up 1"));
            }
        }
    }

    @Test
    void shouldHearWhatEnginesTellOverZeroMq() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(TimeModel.zero()).kvCache(1_000, 1)
                .kvEvents(KvEventForm.MAP, 0).start()) {
            SimEngine engine = fleet.engine(0);
            Path configuration = Files.writeString(folder.resolve("penstock.yaml"), """
                    kv-events.port: %d
                    kv-events.replay-port: %d
                    models:
                      - name: %s
                        endpoints: ["%s"]
                        labels: {model.aibrix.ai/kv-events-enabled: "true"}
                    """.formatted(engine.kvEventsPort(), engine.kvReplayPort(), MODEL, engine.address()));
            try (RunningPenstock running = serve(configuration)) {
                assertThat(running.chat(MODEL, false).statusCode()).isEqualTo(200);
                running.await("told of blocks", () -> running.admin("/metrics").body()
                        .contains("penstock_kv_events_total{type=\"stored\"} 1"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "serve --help", "stat --help", "plugin --help", "version", "check --config %s"})
    void shouldReadCommandLines(String line) throws Exception {
        Path configuration = RunningPenstock.configuration(folder, MODEL, List.of("127.0.0.1:1"));
        Distribution.Outcome outcome = Distribution.run(
                Image.command(folder, List.of(line.formatted(configuration).split(" "))));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isNotBlank();
    }

    @Test
    void shouldNameTheLineOfBrokenYaml() throws Exception {
        Path configuration = Files.writeString(folder.resolve("broken.yaml"), "models:\n  - name: [\n");
        Distribution.Outcome outcome = Distribution.run(
                Image.command(folder, List.of("check", "--config", configuration.toString())));
        assertThat(outcome.status()).isNotZero();
        assertThat(outcome.err()).contains("broken.yaml:3: ");
    }

    private static SSLContext trusting(Certificate certificate) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate.certificate())) {
            store.setCertificateEntry("server", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
