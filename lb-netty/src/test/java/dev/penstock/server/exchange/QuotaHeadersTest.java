package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Quota;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients are told of limits. */
class QuotaHeadersTest {

    @ParameterizedTest
    @CsvSource({"0, 0ms", "1, 1ms", "20000000, 20ms", "20000001, 21ms", "999000000, 999ms", "1000000000, 1s",
        "1500000000, 1.5s", "1250000000, 1.25s", "59999000000, 59.999s", "60000000000, 1m0s", "360000000000, 6m0s",
        "90010000000, 1m30.01s", "7200000000000, 120m0s"})
    void shouldWriteTimesAsOpenAiDoes(long nanos, String text) {
        assertThat(QuotaHeaders.duration(nanos)).isEqualTo(text);
    }

    @Test
    void shouldTellOfWhatIsLimitedOnly() {
        List<String> headers = new ArrayList<>();
        QuotaHeaders.add(null, headers);
        QuotaHeaders.add(new Quota(0, 0, 0, 0, 0, 0), headers);
        assertThat(headers).isEmpty();
        QuotaHeaders.add(new Quota(60, 59, 1_000_000_000, 0, 0, 0), headers);
        assertThat(headers).containsExactly("x-ratelimit-limit-requests", "60", "x-ratelimit-remaining-requests", "59",
                "x-ratelimit-reset-requests", "1s");
        headers.clear();
        QuotaHeaders.add(new Quota(0, 0, 0, 150_000, 149_984, 7_000_000), headers);
        assertThat(headers).containsExactly("x-ratelimit-limit-tokens", "150000", "x-ratelimit-remaining-tokens",
                "149984", "x-ratelimit-reset-tokens", "7ms");
    }
}
