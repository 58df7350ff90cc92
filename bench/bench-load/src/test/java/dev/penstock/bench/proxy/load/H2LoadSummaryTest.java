package dev.penstock.bench.proxy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.bench.proxy.process.BenchException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class H2LoadSummaryTest {
    private static final String OUTPUT = """
            starting benchmark...
            spawning thread #0: 8 total client(s). 4 total requests
            progress: 100% done

            finished in 2.00s, 400.00 req/s, 1.23MB/s
            requests: 4 total, 4 started, 4 done, 3 succeeded, 1 failed, 0 errored, 0 timeout
            status codes: 3 2xx, 0 3xx, 0 4xx, 1 5xx
            """;

    @Test
    void shouldCountWhatWasAnsweredAndWhatWasNot() {
        String log = String.join(
                "\n", List.of("1000\t200\t1000", "1001\t200\t2000", "1002\t503\t10", "1003\t200\t9000"));

        LoadResult result = H2LoadSummary.parse(OUTPUT, log);

        assertThat(result).isEqualTo(new LoadResult(3, 1, 300, 2, 9));
    }

    @Test
    void shouldCountEveryRequestAsFailedWithoutALog() {
        assertThat(H2LoadSummary.parse(OUTPUT, "")).isEqualTo(new LoadResult(0, 4, 0, 0, 0));
        assertThat(H2LoadSummary.parse(OUTPUT, "1700000000000000\t-1\t5\n").errors()).isEqualTo(4);
    }

    @Test
    void shouldShowWhatWasSaidInPlaceOfASummary() {
        assertThatThrownBy(() -> H2LoadSummary.parse("could not connect", ""))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining("could not connect");
    }
}
