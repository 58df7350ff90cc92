package dev.penstock.cache.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever comes, in whatever pieces: the reader agrees with a simple one on whether it is a page, and on every number.
 * {@code JAZZER_FUZZ=1} lets the fuzzer look for more than the seeds.
 */
class PageReaderFuzzTest {

    private static final EngineMapping MAPPING = EngineMappings.VLLM;
    private static final String SEED = """
            # HELP vllm:num_requests_running Requests.
            # TYPE vllm:num_requests_running gauge
            vllm:num_requests_running{engine="0",model_name="a/b"} 3.0
            vllm:num_requests_running{engine="1",model_name="undefined"} 1e2 1735689600
            process_cpu_seconds_total 12.5
            process_cpu_seconds_total{a="b"} 12.5
            vllm:kv_cache_usage_perc{engine="0",model_name="c\\"\\\\\\n"} 0.25 # {t="x"} 1
            # TYPE vllm:request_success_total counter
            vllm:request_success_total{finished_reason="stop",} 17
            vllm:request_success_total{finished_reason="length"} NaN
            vllm:e2e_request_latency_seconds_sum 1.5
            vllm:e2e_request_latency_seconds_bucket{le="0.3"} 1
            vllm:e2e_request_latency_seconds_bucket{le="0.5"} 2
            vllm:e2e_request_latency_seconds_bucket{le="+Inf"} 3
            vllm:e2e_request_latency_seconds_bucket{le="0.3",engine="1"} 1
            vllm:e2e_request_latency_seconds_bucket{le="0.5",engine="1"} 4
            vllm:e2e_request_latency_seconds_bucket{le="+Inf",engine="1"} 5
            vllm:e2e_request_latency_seconds_count 8
            vllm:cache_config_info{block_size="16",num_gpu_blocks="None"} 1.0
            vllm:lora_requests_info{max_lora="4",running_lora_adapters="a,b",waiting_lora_adapters=""} 17.5
            """;
    private static final String ALPHABET = "{}=\",# \t\n\\aelx:_019.+-NIE\u0000\u00ff";

    @FuzzTest
    void shouldAgreeWithASimpleReader(FuzzedDataProvider data) {
        long pieces = data.consumeLong();
        check(data.consumeRemainingAsBytes(), new Random(pieces));
    }

    static Stream<Long> randomSeeds() {
        return Stream.of(1L, 2L, 3L, 4L);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldAgreeWithASimpleReaderOnBrokenPages(long seed) {
        Random random = new Random(seed);
        check(SEED.getBytes(StandardCharsets.UTF_8), random);
        for (int round = 0; round < 400; round++) {
            StringBuilder text = new StringBuilder(SEED);
            for (int edits = random.nextInt(4); edits > 0; edits--) {
                edit(text, random);
            }
            if (random.nextInt(8) == 0) {
                text.setLength(random.nextInt(text.length()));
            }
            check(text.toString().getBytes(StandardCharsets.ISO_8859_1), random);
        }
    }

    private static void edit(StringBuilder text, Random random) {
        int at = random.nextInt(text.length());
        char letter = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        switch (random.nextInt(5)) {
            case 0 -> text.insert(at, letter);
            case 1 -> text.deleteCharAt(at);
            case 2 -> text.setCharAt(at, letter);
            case 3 -> { // a line again, somewhere
                int from = text.lastIndexOf("\n", at) + 1;
                int to = Math.max(from, text.indexOf("\n", at) + 1);
                text.insert(random.nextBoolean() ? 0 : to, text.substring(from, to));
            }
            default -> text.insert(at, ALPHABET.substring(random.nextInt(ALPHABET.length())));
        }
    }

    private static void check(byte[] page, Random random) {
        SlowPageReader slow = new SlowPageReader(MAPPING);
        Refusal.Reason expected = slow.read(page);
        PageCells cells = new PageCells(MAPPING);
        PageReader reader = new PageReader(1 << 20, cells);
        boolean well = true;
        for (int at = 0; at < page.length && well;) {
            int piece = Math.min(page.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 400));
            // Somewhere within an array, as a piece of an answer is.
            byte[] bytes = new byte[piece + 7];
            System.arraycopy(page, at, bytes, 3, piece);
            well = reader.read(bytes, 3, 3 + piece);
            at += piece;
        }
        well = well && reader.end(false);
        String text = new String(page, StandardCharsets.ISO_8859_1);
        assertThat(reader.refusal() == null ? null : reader.refusal().reason()).as(text).isEqualTo(expected);
        if (well) {
            double[] total = new double[MAPPING.cells()];
            cells.total(total);
            for (Family family : MAPPING.families()) {
                compare(family, slow, cells, total, text);
            }
        }
    }

    private static void compare(Family family, SlowPageReader slow, PageCells cells, double[] total, String text) {
        if (family.kind() == Family.Kind.LABEL_LISTS || family.kind() == Family.Kind.LABEL_NUMBERS) {
            return; // compared in PageReaderTest
        }
        double[] expected = slow.cells(family);
        for (int i = 0; i < (family.kind() == Family.Kind.HISTOGRAM ? 2 : family.cells()); i++) {
            assertThat(total[family.cell() + i]).as(text).isEqualTo((Double) expected[i]);
        }
        if (family.kind() == Family.Kind.HISTOGRAM && cells.bounds()[family.buckets()] > Double.NEGATIVE_INFINITY) {
            for (int i = 0; i < Family.MOST_BUCKETS && !Double.isNaN(cells.bounds()[family.buckets() + i]); i++) {
                assertThat(total[family.buckets() + i]).as(text)
                        .isEqualTo((Double) slow.bucket(family, cells.bounds()[family.buckets() + i]));
            }
        }
    }
}
