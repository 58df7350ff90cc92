package dev.penstock.cache.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageReaderTest {

    private final PageCells cells = new PageCells(EngineMappings.VLLM);
    private final PageReader reader = new PageReader(1 << 20, cells);
    private final EngineFigures figures = new EngineFigures(EngineMappings.VLLM, 60_000_000_000L);
    private long now;

    private Map<String, Double> read(String page) {
        reader.begin(cells);
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        assertThat(reader.read(bytes, 0, bytes.length) && reader.end(false)).as(() -> reader.refusal() + "").isTrue();
        Map<String, Double> reported = new HashMap<>();
        figures.take(cells, now, () -> "base",
                (model, gauge, value) -> reported.put((model == null ? "" : model + "/") + gauge, value));
        return reported;
    }

    private Refusal refused(String page) {
        reader.begin(cells);
        byte[] bytes = page.getBytes(StandardCharsets.UTF_8);
        assertThat(reader.read(bytes, 0, bytes.length) && reader.end(false)).isFalse();
        return Objects.requireNonNull(reader.refusal());
    }

    private static double value(Map<String, Double> reported, Gauge gauge) {
        return Objects.requireNonNull(reported.get(gauge.name()));
    }

    @Test
    void shouldReadGaugesLabelsAndWhateverStandsBetween() {
        Map<String, Double> reported = read("""
                # HELP python_gc_objects_collected_total Objects collected during gc
                # TYPE python_gc_objects_collected_total counter
                python_gc_objects_collected_total{generation="0"} 11234.0

                # HELP vllm:num_requests_running Number of requests in model execution batches.
                # TYPE vllm:num_requests_running gauge
                vllm:num_requests_running{engine="0",model_name="meta/llama \\"3\\"\\\\"} 3.0
                vllm:num_requests_running{engine="1",model_name="meta/llama \\"3\\"\\\\",} 4e0 1735689600000
                vllm:num_requests_waiting { model_name = "x" , engine = "0" } 1.5e+01
                vllm:kv_cache_usage_perc{engine="0"} 0.25
                vllm:kv_cache_usage_perc{engine="1"} 0.75 # {trace_id="a"} 1 2
                vllm:gpu_cache_usage_perc{engine="0"} 0.99
                vllm:num_requests_swapped NaN
                vllm:cache_config_info{block_size="16",engine="0",num_gpu_blocks="1000"} 1.0
                vllm:cache_config_info{block_size="16",engine="1",num_gpu_blocks="3000"} 1.0
                vllm:lora_requests_info{max_lora="4",running_lora_adapters="a,b",waiting_lora_adapters=""} 17.5
                vllm:lora_requests_info{max_lora="4",running_lora_adapters="a,b,c",waiting_lora_adapters="d"} 18.5
                vllm:lora_requests_info{max_lora="4",running_lora_adapters="",waiting_lora_adapters=""} 16.5
                """);

        assertThat(value(reported, Gauge.RUNNING)).isEqualTo(7);
        assertThat(value(reported, Gauge.WAITING)).isEqualTo(15);
        assertThat(value(reported, Gauge.KV_CACHE_USAGE)).as("today's name holds").isEqualTo(0.5);
        assertThat(value(reported, Gauge.SWAPPED)).isNaN();
        assertThat(value(reported, Gauge.KV_BLOCKS)).isEqualTo(4_000);
        assertThat(value(reported, Gauge.KV_BLOCK_TOKENS)).isEqualTo(16);
        assertThat(value(reported, Gauge.KV_CAPACITY_TOKENS)).isEqualTo(64_000);
        assertThat(value(reported, Gauge.MAX_LORA)).isEqualTo(4);
        assertThat(value(reported, Gauge.RUNNING_LORA)).isEqualTo(3);
        assertThat(value(reported, Gauge.WAITING_LORA)).isEqualTo(1);
        assertThat(value(reported, Gauge.CPU_CACHE_USAGE)).isNaN();
        assertThat(reported).containsKey("x/RUNNING").containsEntry("meta/llama \"3\"\\/RUNNING", 7.0);
    }

    @Test
    void shouldCountSeriesWithoutAModelForThePodsOwn() {
        Map<String, Double> reported = read("""
                vllm:num_requests_running{model_name="undefined"} 1
                vllm:num_requests_running{model_name=""} 2
                vllm:num_requests_running 4
                vllm:num_requests_running{model_name="org/a"} 8
                vllm:num_requests_running{model_name="org/b"} 16
                """);

        assertThat(value(reported, Gauge.RUNNING)).isEqualTo(31);
        assertThat(reported).containsEntry("base/RUNNING", 7.0).containsEntry("org/a/RUNNING", 8.0)
                .containsEntry("org/b/RUNNING", 16.0);
    }

    @Test
    void shouldNotTellModelsApartWhereThereIsOne() {
        assertThat(read("vllm:num_requests_running{model_name=\"a\"} 8\nvllm:num_requests_running 1\n"))
                .containsEntry("RUNNING", 9.0).doesNotContainKey("a/RUNNING");
    }

    @Test
    void shouldMakeRatesMeansAndPercentilesOfTheWindow() {
        assertThat(value(read(counters(1_000, 50, 100, 0, 0)), Gauge.COMPLETION_RATE)).isNaN();

        now += 10_000_000_000L;
        Map<String, Double> reported = read(counters(1_020, 60, 110, 4, 10));
        assertThat(value(reported, Gauge.COMPLETION_RATE)).isEqualTo(2);
        assertThat(value(reported, Gauge.TTFT_SECONDS)).isEqualTo(1);
        assertThat(value(reported, Gauge.TTFT_P50_SECONDS)).as("a sixth into the second bucket").isEqualTo(7 / 6.0);
        assertThat(value(reported, Gauge.TTFT_P90_SECONDS)).isEqualTo(1 + 5 / 6.0);
        assertThat(value(reported, Gauge.TTFT_P99_SECONDS)).isEqualTo(1 + 5.9 / 6.0);
        assertThat(value(reported, Gauge.KV_CACHE_HIT_RATE)).isNaN();

        now += 10_000_000_000L;
        reported = read(counters(1_020, 60, 110, 4, 10));
        assertThat(value(reported, Gauge.COMPLETION_RATE)).isEqualTo(1);
        now += 60_000_000_000L;
        reported = read(counters(1_020, 60, 110, 4, 10));
        assertThat(value(reported, Gauge.COMPLETION_RATE)).as("nothing in the last minute").isZero();
        assertThat(value(reported, Gauge.TTFT_SECONDS)).as("a mean of nothing is missing, not zero").isNaN();
        assertThat(value(reported, Gauge.TTFT_P50_SECONDS)).isNaN();
    }

    @Test
    void shouldBeginAnewWhenTheEngineDid() {
        read(counters(1_000, 50, 100, 0, 0));
        now += 1_000_000_000L;
        assertThat(value(read(counters(1_010, 51, 101, 1, 1)), Gauge.COMPLETION_RATE)).isEqualTo(10);
        now += 1_000_000_000L;
        assertThat(value(read(counters(3, 50, 0, 0, 0)), Gauge.COMPLETION_RATE)).isNaN();
        now += 1_000_000_000L;
        assertThat(value(read(counters(5, 50, 0, 0, 0)), Gauge.COMPLETION_RATE)).isEqualTo(2);
    }

    @Test
    void shouldCountWhatWasNotThereFromZero() {
        read("vllm:num_requests_running 0\n");
        now += 1_000_000_000L;
        assertThat(value(read("vllm:request_success_total{finished_reason=\"stop\"} 3\n"), Gauge.COMPLETION_RATE))
                .isEqualTo(3);
    }

    // Ten times to the first token between two pages: 4 within a second, 6 within the next.
    private static String counters(int done, int sum, int count, int one, int two) {
        return "# TYPE vllm:request_success counter\n"
                + "vllm:request_success_total{finished_reason=\"stop\"} " + (done - 1) + "\n"
                + "vllm:request_success_total{finished_reason=\"length\"} 1\n"
                + "# TYPE vllm:time_to_first_token_seconds histogram\n"
                + "vllm:time_to_first_token_seconds_sum " + sum + "\nvllm:time_to_first_token_seconds_count " + count
                + "\nvllm:time_to_first_token_seconds_bucket{le=\"1.0\"} " + (one + 7)
                + "\nvllm:time_to_first_token_seconds_bucket{le=\"2.0\"} " + (two + 7)
                + "\nvllm:time_to_first_token_seconds_bucket{le=\"+Inf\"} " + (two + 7) + "\n";
    }

    @Test
    void shouldMakeNoPercentilesOfTooManyBuckets() {
        for (int page = 0; page < 2; page++) {
            StringBuilder text = new StringBuilder("vllm:time_to_first_token_seconds_sum " + page
                    + "\nvllm:time_to_first_token_seconds_count " + page + "\n");
            for (int i = 0; i <= Family.MOST_BUCKETS; i++) {
                text.append("vllm:time_to_first_token_seconds_bucket{le=\"").append(i).append("\"} ").append(page)
                        .append('\n');
            }
            Map<String, Double> reported = read(text.toString());
            assertThat(value(reported, Gauge.TTFT_P50_SECONDS)).isNaN();
            assertThat(value(reported, Gauge.TTFT_SECONDS)).isEqualTo((Double) (page == 0 ? Double.NaN : 1));
            now += 1_000_000_000L;
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
            "# EOF\\nvllm:num_requests_running 1\\n; MALFORMED",
            "vllm:num_requests_running\\n; MALFORMED",
            "vllm:num_requests_running{ 1\\n; MALFORMED",
            "vllm:num_requests_running{a=b} 1\\n; MALFORMED",
            "vllm:num_requests_running{a=\"b} 1\\n; MALFORMED",
            "vllm:num_requests_running{a=\"\\t\"} 1\\n; MALFORMED",
            "vllm:num_requests_running 1d\\n; MALFORMED",
            "vllm:num_requests_running 0x1\\n; MALFORMED",
            "vllm:num_requests_running 1 2 3\\n; MALFORMED",
            "vllm:time_to_first_token_seconds_bucket 1\\n; MALFORMED",
            "<html>\\n; MALFORMED",
            "{\"error\": 1}\\n; MALFORMED",
            "vllm:num_requests_running 1; TRUNCATED",
            "vllm:num_requests_running 1\\n# HEL; TRUNCATED",
            "vllm:num_requests_running 1\\nvllm:num_requests_running 2\\n; DUPLICATE",
            "# TYPE vllm:num_requests_running gauge\\n# TYPE vllm:num_requests_running gauge\\n; DUPLICATE",
            "# TYPE vllm:request_success_total counter\\n# TYPE vllm:request_success counter\\n; DUPLICATE",
            "sglang:num_running_reqs 1\\n; NOTHING_KNOWN"})
    void shouldRefuseWhatIsNoPage(String page, Refusal.Reason reason) {
        assertThat(refused(page.replace("\\n", "\n")).reason()).isEqualTo(reason);
    }

    @Test
    void shouldRefuseWhatIsTooMuch() {
        assertThat(refused("a 1\n".repeat(300_000)).reason()).isEqualTo(Refusal.Reason.TOO_LARGE);
        assertThat(refused("# " + "x".repeat(PageReader.LONGEST_LINE) + "\n").reason())
                .isEqualTo(Refusal.Reason.TOO_LARGE);
        StringBuilder series = new StringBuilder();
        for (int i = 0; i <= SeriesSet.MOST; i++) {
            series.append("vllm:num_requests_running{e=\"").append(i).append("\"} 1\n");
        }
        assertThat(refused(series.toString()).reason()).isEqualTo(Refusal.Reason.TOO_MANY_SERIES);
    }

    @Test
    void shouldWantTheEndOfOpenMetrics() {
        for (String end : new String[] {"# EOF\n", "# EOF", "", "# EO"}) {
            reader.begin(cells);
            byte[] bytes = ("vllm:num_requests_running 1\n" + end).getBytes(StandardCharsets.UTF_8);
            assertThat(reader.read(bytes, 0, bytes.length)).isTrue();
            assertThat(reader.end(true)).as(end).isEqualTo(end.startsWith("# EOF"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1", "1.0", "+17", "12345678901234567890", "0.1", ".5", "5.", "1e3", "1E-3",
            "9007199254740993", "1.7976931348623157e308", "1e400", "4.9e-324", "1e-400", "123456.789e-5", "1e22",
            "1e23", "0.000000000000000000000000000001", "NaN", "+Inf", "-inf", "Infinity", "179769313486231570000"})
    void shouldReadNumbersAsTheyAre(String text) {
        NumberReader numbers = new NumberReader();
        byte[] bytes = ("x" + text + "x").getBytes(StandardCharsets.US_ASCII);
        assertThat(numbers.read(bytes, 1, bytes.length - 1)).isTrue();
        assertThat(numbers.value()).isEqualTo((Double) SlowPageReader.number(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "+-1", "1e", "1e+", "e5", ".", "1.2.3", "1_0", "0x10", "1f", "nano", "infin", "é"})
    void shouldReadNothingElse(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(new NumberReader().read(bytes, 0, bytes.length)).isFalse();
    }
}
