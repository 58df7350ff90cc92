package dev.penstock.bench.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.routers.basic.LeastRequestProvider;
import dev.penstock.server.Penstock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole balancer, with its own settings, in front of engines that show what engines show. */
@Timeout(60)
class EngineFiguresIT {

    private static final String CHAT =
            "{\"model\":\"m\",\"max_tokens\":3,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    private final HttpClient client = HttpClient.newHttpClient();

    @Test
    void shouldReadWhatEnginesShowAndServeTheAdaptersThatTheyList() throws Exception {
        try (SimFleet engines = SimFleet.builder().engines(2).model("m").start();
                Penstock penstock = start(engines)) {
            String engine = engines.engine(0).url();
            post(engine + "/v1/load_lora_adapter", "{\"lora_name\":\"sql\",\"lora_path\":\"/lora/sql\"}");
            String adapter = CHAT.replace("\"m\"", "\"sql\"");
            while (post(url(penstock.port()) + "/v1/chat/completions", adapter).statusCode() != 200) {
                Thread.onSpinWait();
            }

            String metrics = "";
            while (!metrics.contains("penstock_scrape_pages_total{result=\"read\"} ")
                    || metrics.contains("penstock_scrape_pages_total{result=\"read\"} 0\n")) {
                metrics = get(url(penstock.adminPort()) + "/metrics");
            }
            String model = "";
            while (!model.contains("\"num_gpu_blocks\"") || !model.contains("\"drain_rate_1m\"")) {
                model = get(url(penstock.adminPort()) + "/admin/snapshot?model=m");
            }
            assertThat(model).contains("\"num_requests_running\"", "\"kv_cache_usage_perc\"", "\"block_size\"");
        }
    }

    private static Penstock start(SimFleet engines) {
        Penstock.Builder builder = Penstock.builder().provider(new LeastRequestProvider())
                .config("test", "models: [{name: m, endpoints: [" + String.join(", ", engines.addresses()) + "]}]");
        Map.of("listen.host", "127.0.0.1", "listen.port", "0", "admin.port", "0", "warm-up.requests", "0",
                "scrape.interval", "50ms", "scrape.models-interval", "100ms")
                .forEach((name, value) -> builder.setting(name, value, "test"));
        return builder.start();
    }

    private static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    private HttpResponse<String> post(String url, String body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private String get(String url) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
