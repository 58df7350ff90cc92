package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.config.InvalidSettingsException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A balancer without a plugin, as somebody may embed it, or start it with an empty folder. */
@Timeout(60)
class DefaultStrategyTest {

    @TempDir
    Path home;

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private Penstock.Builder builder(String more) {
        Penstock.Builder builder = Penstock.builder().home(home).config("inline",
                "models: [{name: m, endpoints: [\"127.0.0.1:" + engine.port() + "\"]}]\n" + more);
        Map.of("listen.host", "127.0.0.1", "listen.port", "0", "admin.port", "0", "io.threads", "1",
                "warm-up.requests", "2", "cache.max-endpoints", "64", "shutdown.grace", "1s",
                "scrape.enabled", "false").forEach((name, value) -> builder.setting(name, value, "test"));
        return builder;
    }

    @Test
    void shouldFallBackAndSaySoOnceWhereNoPluginOffersTheDefault() throws IOException, InterruptedException {
        try (Said said = new Said(); TestBalancer balancer = TestBalancer.start(builder(""))) {
            HttpResponse<String> answer = balancer.chat();
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("routing-strategy")).contains("fallback");
            TestBalancer.await("warm", () -> balancer.admin("/readyz").contains("ready"));

            assertThat(said.messages).containsExactly("no plugin offers predicted-ttft, the default of "
                    + "routing.strategy: requests that name no strategy go to the pod with the fewest in flight");
        }
    }

    @Test
    void shouldRefuseTheDefaultWhereAClientNamesItAndNobodyOffersIt() throws IOException, InterruptedException {
        try (TestBalancer balancer = TestBalancer.start(builder(""))) {
            HttpResponse<String> answer = balancer.chat("routing-strategy", "predicted-ttft");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body()).contains("incorrect routing strategy predicted-ttft");
        }
    }

    @Test
    void shouldNotStartWhereTheConfigurationNamesIt() {
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() -> builder("routing.strategy: predicted-ttft").start().close())
                .satisfies(e -> assertThat(e.errors()).singleElement().asString()
                        .startsWith("inline:2: routing.strategy: predicted-ttft (expected: "));
    }

    /** What is logged of plugins. */
    private static final class Said extends Handler implements AutoCloseable {

        private final Logger logger = Logger.getLogger(Installed.class.getName());
        private final Queue<String> messages = new ConcurrentLinkedQueue<>();

        private Said() {
            logger.addHandler(this);
        }

        @Override
        public void publish(LogRecord entry) {
            messages.add(entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
        }
    }
}
