package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.core.config.InvalidSettingsException;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole balancer whose file says how the requests of its models are routed and limited. */
@Timeout(60)
class ModelsOfAFileTest {

    private final TestEngine engine = new TestEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private TestBalancer balancer(String rest) {
        return TestBalancer.inline("models: [{name: m, endpoints: [\"127.0.0.1:" + engine.port() + "\"]" + rest + "}]");
    }

    @Test
    void shouldLimitAModelAsItsProfileSays() throws IOException, InterruptedException {
        try (TestBalancer balancer = balancer(", profiles: {default: {requestsPerSecondPerReplica: 0.02}}")) {
            assertThat(balancer.chat("routing-strategy", "first").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = balancer.chat("routing-strategy", "first");
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.body()).contains("model: m has exceeded RPS: 1 in 50 seconds");
            assertThat(refused.headers().firstValueAsLong("retry-after").orElse(-1)).isBetween(1L, 50L);
        }
    }

    @Test
    void shouldTakeTheProfileOfTheFile() throws IOException, InterruptedException {
        try (TestBalancer balancer = balancer(", default-profile: a, profiles: {a: {routingStrategy: first},"
                + " b: {routingConfig: {maxTokensGte: 1}}}")) {
            HttpResponse<String> auto = balancer.chat("config-profile", "auto");
            assertThat(auto.statusCode()).isEqualTo(200);
            assertThat(auto.headers().firstValue("x-aibrix-config-profile")).contains("a");
        }
    }

    @Test
    void shouldNotStartWithAStrategyThatDoesNotExist() {
        assertThatExceptionOfType(InvalidSettingsException.class)
                .isThrownBy(() -> balancer(", profiles: {b: {routingStrategy: nothing}}").close())
                .satisfies(e -> assertThat(e.errors()).singleElement().asString()
                        .startsWith("model m: profile b: strategy nothing (expected: one of "));
    }
}
