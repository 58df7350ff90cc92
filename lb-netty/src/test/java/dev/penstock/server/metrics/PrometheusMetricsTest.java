package dev.penstock.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.Metrics.Count;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrometheusMetricsTest {

    private static List<String> lines(PrometheusMetrics metrics) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        metrics.write(out);
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void shouldGiveTheSameNumberForTheSameNameAndLabels() {
        PrometheusMetrics metrics = new PrometheusMetrics();
        Count count = metrics.counter("requests", "Requests.", "model", "a");
        count.increment();

        assertThat(metrics.counter("requests", "Requests.", "model", "a")).isSameAs(count);
        assertThat(metrics.counter("requests", "Requests.", "model", "b")).isNotSameAs(count).returns(0L, Count::value);
        assertThat(metrics.counter("others", "Others.", "model", "a")).isNotSameAs(count);
        assertThat(new PrometheusMetrics().counter("requests", "Requests.", "model", "a").value()).isZero();
    }

    @Test
    void shouldLoseNoCountAmongThreads() throws Exception {
        PrometheusMetrics metrics = new PrometheusMetrics();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Callable<Integer> counting = () -> {
                for (int i = 0; i < 10_000; i++) {
                    metrics.counter("hits", "Hits.", "kind", "x").increment();
                }
                return 0;
            };
            for (Future<Integer> done : threads.invokeAll(List.of(counting, counting, counting, counting))) {
                assertThat(done.get()).isZero();
            }
        }
        assertThat(metrics.counter("hits", "Hits.", "kind", "x").value()).isEqualTo(40_000);
    }

    @Test
    void shouldCountTimesByHowLongTheyWere() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        Metrics.Times times = metrics.times("waiting_seconds", "Waiting.", new long[] {1_000_000, 500_000_000});
        times.record(1);
        times.record(1_000_000);
        times.record(1_000_001);
        times.record(2_000_000_000);

        assertThat(metrics.times("waiting_seconds", "Waiting.", new long[] {1_000_000, 500_000_000})).isSameAs(times);
        assertThat(lines(metrics)).contains("# TYPE waiting_seconds histogram",
                "waiting_seconds_bucket{le=\"0.001\"} 2", "waiting_seconds_bucket{le=\"0.5\"} 3",
                "waiting_seconds_bucket{le=\"+Inf\"} 4", "waiting_seconds_count 4",
                "waiting_seconds_sum 2.002000002");
    }

    @Test
    void shouldCountWhatIsNamedLikeTheBucketOfAHistogram() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        Count count = metrics.counter("ttft_bucket", "First bytes.", "model", "a\"b\\c\nd", "bucket", "0-1ms");
        count.add(2);

        assertThat(count.value()).isEqualTo(2);
        assertThat(lines(metrics)).containsSequence("# HELP ttft_bucket_total First bytes.",
                "# TYPE ttft_bucket_total counter",
                "ttft_bucket_total{bucket=\"0-1ms\",model=\"a\\\"b\\\\c\\nd\"} 2.0");
    }

    @Test
    void shouldBoundHistogramsAsItBoundsOtherSeries() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics(8);
        metrics.times("kept_seconds", "Kept.", new long[] {1, 2}).record(1);
        metrics.times("lost_seconds", "Lost.", new long[] {1, 2}).record(1);

        assertThat(lines(metrics)).contains("kept_seconds_count 1", "penstock_metrics_dropped_series 1.0")
                .noneMatch(line -> line.startsWith("lost_seconds_count"));
    }

    @Test
    void shouldWriteTheTextFormat() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        metrics.counter("requests", "Requests that ended.", "code", "200", "model", "a\"b\\c\nd").add(3);
        metrics.gauge("depth", "Waiting.", () -> 1.5, "shard", "0");
        metrics.gauge("missing", "Nobody knows.", () -> Double.NaN);

        assertThat(lines(metrics)).contains("# HELP requests_total Requests that ended.",
                "# TYPE requests_total counter",
                "requests_total{code=\"200\",model=\"a\\\"b\\\\c\\nd\"} 3.0",
                "# TYPE depth gauge", "depth{shard=\"0\"} 1.5", "missing NaN",
                "penstock_metrics_dropped_series 0.0");
    }

    @Test
    void shouldWriteACounterOfWhatIsCountedElsewhere() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        metrics.gauge("bytes_total", "Bytes.", () -> 7, "loop", "0");
        metrics.gauge("unknown_total", "Unknown.", () -> Double.NaN);

        assertThat(lines(metrics)).contains("# TYPE bytes_total counter", "bytes_total{loop=\"0\"} 7.0",
                "unknown_total NaN");
    }

    @Test
    void shouldAskAGaugeWhenItIsRead() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        double[] value = {1};
        metrics.gauge("depth", "Waiting.", () -> value[0]);
        assertThat(lines(metrics)).contains("depth 1.0");
        value[0] = 2;
        assertThat(lines(metrics)).contains("depth 2.0");
    }

    @Test
    void shouldKeepTheLastGaugeOfTheSameLabels() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics(2);
        metrics.gauge("depth", "Waiting.", () -> 1, "shard", "0");
        metrics.gauge("depth", "Waiting.", () -> 2, "shard", "0");

        assertThat(lines(metrics)).contains("depth{shard=\"0\"} 2.0", "penstock_metrics_dropped_series 0.0")
                .doesNotContain("depth{shard=\"0\"} 1.0");
    }

    @Test
    void shouldShowWhatComesAndGoesAsItIs() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        Map<String, Integer> pending = new TreeMap<>(Map.of("a", 1, "b\"", 2));
        metrics.gauges("pending", "Pending.", "model", 3, () -> pending);
        assertThat(lines(metrics)).contains("pending{model=\"a\"} 1.0", "pending{model=\"b\\\"\"} 2.0");

        pending.remove("a");
        pending.putAll(Map.of("c", 3, "d", 4, "e", 5));

        assertThat(lines(metrics)).filteredOn(line -> line.startsWith("pending{")).as("as many as there is room for")
                .containsExactlyInAnyOrder("pending{model=\"b\\\"\"} 2.0", "pending{model=\"c\"} 3.0",
                        "pending{model=\"d\"} 4.0");
    }

    @Test
    void shouldShowTheOthersWhereAGaugeThrows() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        metrics.gauge("depth", "Waiting.", () -> {
            throw new IllegalStateException("closed");
        }, "shard", "0");
        metrics.gauge("depth", "Waiting.", () -> 2, "shard", "1");

        assertThat(lines(metrics)).contains("depth{shard=\"0\"} NaN", "depth{shard=\"1\"} 2.0");
    }

    @Test
    void shouldKeepNoSeriesBeyondTheBound() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics(10);
        List<Count> counts = IntStream.range(0, 20)
                .mapToObj(i -> metrics.counter("requests", "Requests.", "user", "u" + i)).toList();
        counts.forEach(Count::increment);
        metrics.gauge("depth", "Waiting.", () -> 1);

        List<String> lines = lines(metrics);
        // Its own gauge of what was dropped is one of the ten.
        assertThat(lines).filteredOn(line -> line.startsWith("requests_total{")).hasSize(9);
        assertThat(lines).contains("penstock_metrics_dropped_series 12.0").noneMatch(line -> line.startsWith("depth "));
        assertThat(counts.getFirst().value()).isOne();
        assertThat(counts.getLast().value()).isZero();
        assertThat(metrics.counter("requests", "Requests.", "user", "u0")).isSameAs(counts.getFirst());
    }

    @Test
    void shouldKeepFiftyThousandSeries() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        for (int i = 0; i < 50_100; i++) {
            metrics.counter("requests", "Requests.", "user", "u" + i).increment();
        }

        List<String> lines = lines(metrics);
        assertThat(lines.stream().filter(line -> line.startsWith("requests_total{")).count()).isEqualTo(49_999);
        assertThat(lines).contains("penstock_metrics_dropped_series 101.0");
    }

    @Test
    void shouldShowTheProcess() throws IOException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        JvmMetrics.register(metrics, () -> 42);

        assertThat(lines(metrics)).contains("penstock_direct_memory_bytes 42.0")
                .anyMatch(line -> line.matches("penstock_jvm_heap_used_bytes [0-9.E]+"))
                .anyMatch(line -> line.matches("penstock_jvm_threads [0-9.E]+"))
                .anyMatch(line -> line.matches("penstock_jvm_allocated_bytes_total [0-9.E]+"));
    }
}
