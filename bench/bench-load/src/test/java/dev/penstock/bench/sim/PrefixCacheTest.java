package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PrefixCacheTest {
    private static long[] hashes(String prompt) {
        return Tokens.blockHashes("m", prompt, 1);
    }

    @Test
    void shouldFindThePrefixOfAnEarlierPrompt() {
        PrefixCache cache = new PrefixCache(10, 1);
        cache.release(allocate(cache, "aaaabbbbcccc", 4));

        assertThat(allocate(cache, "aaaabbbbdddd", 4).hits()).isEqualTo(2);
        assertThat(allocate(cache, "xxxxbbbbcccc", 3).hits()).isZero();
    }

    @Test
    void shouldKeepModelsApart() {
        assertThat(Tokens.blockHashes("m", "aaaabbbb", 1)).isNotEqualTo(Tokens.blockHashes("n", "aaaabbbb", 1));
    }

    @Test
    void shouldHashOnlyFullBlocks() {
        assertThat(Tokens.blockHashes("m", "a".repeat(4 * 16 + 63), 16)).hasSize(1);
        assertThat(Tokens.count("a".repeat(9))).isEqualTo(3);
    }

    @Test
    void shouldShareBlocksOfRunningRequestsAndCountThemOnce() {
        PrefixCache cache = new PrefixCache(10, 1);
        PrefixCache.Allocation first = allocate(cache, "aaaabbbb", 3);
        PrefixCache.Allocation second = allocate(cache, "aaaabbbb", 3);

        assertThat(second.hits()).isEqualTo(2);
        assertThat(cache.usage()).isEqualTo(0.4);
        cache.release(first);
        assertThat(cache.usage()).isEqualTo(0.3);
        cache.release(second);
        assertThat(cache.usage()).isZero();
    }

    @Test
    void shouldRefuseWithoutChangeWhenPinnedBlocksLeaveNoRoom() {
        PrefixCache cache = new PrefixCache(4, 1);
        PrefixCache.Allocation running = allocate(cache, "aaaabbbb", 3);

        assertThat(cache.allocate(hashes("ccccdddd"), 2)).isNull();
        assertThat(cache.usage()).isEqualTo(0.75);
        cache.release(running);
        assertThat(allocate(cache, "ccccdddd", 2).hits()).isZero();
    }

    @Test
    void shouldNotEvictItsOwnHitsToMakeRoom() {
        PrefixCache cache = new PrefixCache(3, 1);
        cache.release(allocate(cache, "aaaabbbbcccc", 3));

        assertThat(cache.allocate(hashes("aaaabbbbcccc"), 4)).isNull();
        assertThat(allocate(cache, "aaaabbbbcccc", 3).hits()).isEqualTo(3);
    }

    @Test
    void shouldEvictTheLeastRecentlyUsedAndOfAPromptItsTailFirst() {
        PrefixCache cache = new PrefixCache(4, 1);
        cache.release(allocate(cache, "aaaabbbb", 2));
        cache.release(allocate(cache, "ccccdddd", 2));
        cache.release(allocate(cache, "eeee", 1));

        PrefixCache.Allocation old = allocate(cache, "aaaabbbb", 1 + 1);
        assertThat(old.hits()).isEqualTo(1);
        cache.release(old);
        assertThat(allocate(cache, "eeee", 1).hits()).isEqualTo(1);
    }

    @Test
    void shouldSayWhatIsExpectedOfItsSize() {
        assertThatThrownBy(() -> new PrefixCache(0, 16)).hasMessageContaining("at least 1");
    }

    private static PrefixCache.Allocation allocate(PrefixCache cache, String prompt, int total) {
        PrefixCache.Allocation allocation = cache.allocate(hashes(prompt), total);
        assertThat(allocation).isNotNull();
        return allocation;
    }
}
