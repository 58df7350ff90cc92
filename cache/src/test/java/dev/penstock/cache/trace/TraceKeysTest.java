package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceKeysTest {
    private static final String[] PIECES = {"{", "}", "{}", "a", "/", ":", "*", "ü", "模", " ", "x1", "parts", "}{"};

    @Test
    void shouldNameARecordAsItsReadersDo() {
        assertThat(TraceKeys.key("org/llama-3:8b", 1_700_000_010))
                .isEqualTo("aibrix:org/llama-3:8b_request_trace_1700000010");
    }

    @Test
    void shouldPutTheWholeKeyBetweenBraces() {
        assertThat(TraceKeys.parts("aibrix:m_request_trace_10")).isEqualTo("{aibrix:m_request_trace_10}:parts");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m", "a{b", "{x}", "a{x}b{y}", "a}b", "}", "{}", "{}x{y}", "a}b{c}", "a}b{c", "a{}",
        "{{x}}", "org/m:8b", "模型 ü"})
    void shouldPutThePartsIntoTheSlotOfTheirRecord(String model) {
        String key = TraceKeys.key(model, 1_700_000_010);
        assertThat(slot(TraceKeys.parts(key))).isEqualTo(slot(key));
        assertThat(slot(key)).isEqualTo(SlotHash.getSlot(key));
    }

    @Test
    void shouldDoSoForAnyNameAndMixUpNoTwo() {
        SplittableRandom random = new SplittableRandom(Long.getLong("penstock.test.seed", 1));
        Set<String> keys = new HashSet<>();
        Set<String> parts = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            StringBuilder model = new StringBuilder();
            for (int n = random.nextInt(1, 8); n > 0; n--) {
                model.append(PIECES[random.nextInt(PIECES.length)]);
            }
            String key = TraceKeys.key(model.toString(), 10L * random.nextInt(1, 200_000_000));
            String of = TraceKeys.parts(key);
            assertThat(slot(of)).as(key).isEqualTo(slot(key)).isEqualTo(SlotHash.getSlot(of));
            assertThat(of).as("not what SCAN finds").doesNotStartWith("aibrix:");
            keys.add(key);
            parts.add(of);
        }
        assertThat(parts).hasSameSizeAs(keys);
    }

    /** As the specification of clusters says it, bit by bit. */
    private static int slot(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        int from = 0;
        int to = bytes.length;
        int open = 0;
        while (open < bytes.length && bytes[open] != '{') {
            open++;
        }
        int close = open + 1;
        while (close < bytes.length && bytes[close] != '}') {
            close++;
        }
        if (close < bytes.length && close > open + 1) {
            from = open + 1;
            to = close;
        }
        int crc = 0;
        for (int i = from; i < to; i++) {
            crc ^= (bytes[i] & 0xff) << 8;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 0x8000) == 0 ? crc << 1 : (crc << 1) ^ 0x1021;
            }
        }
        return crc & 0x3fff;
    }
}
