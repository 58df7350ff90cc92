package dev.penstock.server.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.dynatrace.hash4j.hashing.HashValue128;
import dev.penstock.core.port.Metrics;
import org.junit.jupiter.api.Test;

/** What is remembered, and for how long. */
class TokenCacheTest {
    private final TokenCache cache = new TokenCache(10_000, 7, Metrics.NONE);

    @Test
    void shouldTellTextsAndTokenizersApart() {
        cache.put(cache.key("a", "text"), new int[] {1});
        assertThat(cache.find(cache.key("a", "text"))).containsExactly(1);
        assertThat(cache.find(cache.key("b", "text"))).isNull();
        assertThat(cache.find(cache.key("a", "texts"))).isNull();
        assertThat(cache.find(cache.key("at", "ext"))).isNull();
    }

    @Test
    void shouldStayWithinItsRoom() {
        for (int i = 0; i < 1_000; i++) {
            cache.put(cache.key("a", "text " + i), new int[100]);
            assertThat(cache.bytes()).isLessThanOrEqualTo(10_000);
        }
        assertThat(cache.bytes()).isGreaterThan(4_000);
        assertThat(cache.find(cache.key("a", "text 999"))).hasSize(100);
        assertThat(cache.find(cache.key("a", "text 0"))).isNull();
    }

    @Test
    void shouldKeepWhatIsUsed() {
        HashValue128 used = cache.key("a", "used");
        cache.put(used, new int[] {1});
        for (int i = 0; i < 1_000; i++) {
            cache.put(cache.key("a", "text " + i), new int[100]);
            assertThat(cache.find(used)).as("after %d others", i).containsExactly(1);
        }
    }

    @Test
    void shouldKeepNothingWhereThereIsNoRoom() {
        cache.put(cache.key("a", "long"), new int[2_000]);
        assertThat(cache.find(cache.key("a", "long"))).isNull();
        TokenCache none = new TokenCache(0, 7, Metrics.NONE);
        none.put(none.key("a", "text"), new int[] {1});
        assertThat(none.find(none.key("a", "text"))).isNull();
        assertThat(none.bytes()).isZero();
    }
}
