package dev.penstock.routers.kvcache.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    private final PrefixIndex index = new PrefixIndex(1 << 20);
    private final PrefixMatch match = new PrefixMatch();

    @Test
    void shouldFindTheLongestPrefixOfEachPod() {
        index.capacity(0, 100);
        index.capacity(1, 100);
        use(0, 1, 2, 3, 4, 5);
        use(1, 1, 2, 9);
        find(1, 2, 3, 4, 7);
        assertThat(match.blocks(0)).isEqualTo(4);
        assertThat(match.blocks(1)).isEqualTo(2);
        assertThat(match.blocks(2)).isZero();
        assertThat(match.most()).isEqualTo(4);
        find(7, 2, 3);
        assertThat(match.most()).isZero();
        find();
        assertThat(match.most()).isZero();
    }

    @Test
    void shouldEvictTheEndOfTheOldestPromptFirst() {
        index.capacity(0, 6);
        use(0, 1, 2, 3);
        use(0, 11, 12, 13);
        use(0, 21);
        find(1, 2, 3);
        assertThat(match.blocks(0)).isEqualTo(2);
        use(0, 1, 2);
        use(0, 31, 32, 33);
        find(1, 2);
        assertThat(match.blocks(0)).as("used again, so younger than the others").isEqualTo(2);
        find(11, 12, 13);
        assertThat(match.blocks(0)).isZero();
    }

    @Test
    void shouldKeepTheBeginningOfAPromptThatIsLargerThanTheCache() {
        index.capacity(0, 3);
        use(0, 1, 2, 3, 4, 5);
        find(1, 2, 3, 4, 5);
        assertThat(match.blocks(0)).isEqualTo(3);
        assertThat(index.size(0)).isEqualTo(3);
    }

    @Test
    void shouldEvictWhenAPodTurnsOutToBeSmaller() {
        index.capacity(0, 10);
        use(0, 1, 2, 3, 4, 5);
        index.capacity(0, 2);
        find(1, 2, 3, 4, 5);
        assertThat(match.blocks(0)).isEqualTo(2);
    }

    @Test
    void shouldShrinkAViewByASliceWithEachPrompt() {
        index.capacity(0, 1000);
        use(0, LongStream.rangeClosed(1, 500).toArray());
        index.capacity(0, 100);
        assertThat(index.size(0)).isEqualTo(500 - 64);
        use(0, 1001, 1002);
        assertThat(index.size(0)).isEqualTo(500 - 64 - 66 + 2);
        for (int i = 0; i < 5; i++) {
            use(0, 1001, 1002);
            index.capacity(0, 100);
        }
        assertThat(index.size(0)).isEqualTo(100);
        find(1001, 1002);
        assertThat(match.blocks(0)).isEqualTo(2);
    }

    @Test
    void shouldAskForRoomBeforeItIsNeededAndForgetNothingMeanwhile() {
        PrefixIndex growing = new PrefixIndex(64L << 20);
        growing.capacity(0, 1_000_000);
        long bytes = growing.bytes();
        int sent = 0;
        while (!growing.wantsRoom()) {
            useIn(growing, 0, ++sent);
        }
        assertThat(growing.bytes()).as("nothing grows by itself").isEqualTo(bytes);
        int known = growing.size();
        for (int i = 0; i < 1000; i++) {
            useIn(growing, 0, ++sent);
        }
        assertThat(growing.size()).isEqualTo(known + 1000);
        growing.makeRoom();
        assertThat(growing.wantsRoom()).isFalse();
        assertThat(growing.bytes()).isGreaterThan(bytes);
        for (int i = 1; i <= sent; i++) {
            growing.match(new long[]{i}, match);
            assertThat(match.blocks(0)).isEqualTo(1);
        }
    }

    @Test
    void shouldLetTheOldestGiveWayWhereNobodyMakesRoom() {
        PrefixIndex growing = new PrefixIndex(64L << 20);
        growing.capacity(0, 1_000_000);
        long bytes = growing.bytes();
        for (int i = 1; i <= 20_000; i++) {
            useIn(growing, 0, i);
        }
        assertThat(growing.bytes()).isEqualTo(bytes);
        growing.match(new long[]{1}, match);
        assertThat(match.blocks(0)).isZero();
        growing.match(new long[]{20_000}, match);
        assertThat(match.blocks(0)).isEqualTo(1);
    }

    @Test
    void shouldTakeInALongPromptWhole() {
        PrefixIndex growing = new PrefixIndex(64L << 20);
        growing.capacity(0, 1_000_000);
        long[] prompt = LongStream.rangeClosed(1, 8_000).toArray();
        useIn(growing, 0, prompt);
        long[] longer = LongStream.rangeClosed(1, 12_000).toArray();
        useIn(growing, 0, longer);
        growing.match(longer, match);
        assertThat(match.blocks(0)).isEqualTo(12_000);
    }

    private void useIn(PrefixIndex into, int slot, long... hashes) {
        into.match(hashes, match);
        into.use(slot, hashes, match, SECOND);
    }

    @Test
    void shouldForgetAPodAndKeepTheOthers() {
        index.capacity(0, 10);
        index.capacity(1, 10);
        use(0, 1, 2, 3);
        use(1, 1, 2);
        index.drop(0);
        find(1, 2, 3);
        assertThat(match.blocks(0)).isZero();
        assertThat(match.blocks(1)).isEqualTo(2);
        assertThat(index.size()).isEqualTo(2);
        assertThat(index.capacity(0)).isZero();
        index.drop(77);
    }

    @Test
    void shouldPriceWhatIsEvictedByItsAge() {
        index.capacity(0, 4);
        useAt(0, 0, 1, 2);
        useAt(0, 10, 11, 12);
        assertThat(index.oldestAgeNanos(0, 20 * SECOND) / 1e9).isEqualTo(20, within(0.05));
        assertThat(price(3, 20, 10)).isEqualTo(2 * Math.exp(-2) + Math.exp(-1), within(0.01));
        assertThat(price(100, 20, 10)).as("no more than there is")
                .isEqualTo(2 * Math.exp(-2) + 2 * Math.exp(-1), within(0.01));
        index.capacity(0, 5);
        assertThat(price(1, 20, 10)).as("there is room").isZero();
        assertThat(price(2, 20, 10)).isEqualTo(Math.exp(-2), within(0.01));
        assertThat(index.evictionPrice(9, 5, 20 * SECOND, 10, 1e9)).isZero();
    }

    @Test
    void shouldStopPricingWhenItIsEnough() {
        index.capacity(0, 100);
        use(0, LongStream.rangeClosed(1, 100).toArray());
        assertThat(index.evictionPrice(0, 100, SECOND, 10, 5)).isBetween(5.0, 7.0);
    }

    @Test
    void shouldNotPassItsBoundInBytes() {
        long bound = 100_000;
        PrefixIndex small = new PrefixIndex(bound);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 2_000; i++) {
            int slot = random.nextInt(5);
            small.capacity(slot, 1_000_000);
            long[] prompt = random.longs(random.nextInt(1, 60)).toArray();
            small.match(prompt, match);
            small.use(slot, prompt, match, i * SECOND);
            if (small.wantsRoom()) {
                small.makeRoom();
            }
        }
        assertThat(small.bytes()).isLessThanOrEqualTo(bound);
        assertThat(small.size()).isGreaterThan((int) (bound / PrefixIndex.BYTES_PER_BLOCK) - 128);
    }

    @Test
    void shouldTakeAtMost64BytesForEachBlockOfAPod() {
        PrefixIndex large = new PrefixIndex(1 << 26);
        SplittableRandom random = new SplittableRandom(SEED);
        for (int slot = 0; slot < 64; slot++) {
            large.capacity(slot, 1_000_000);
        }
        while (large.size() < 300_000) {
            long[] prompt = random.longs(256).toArray();
            large.match(prompt, match);
            large.use(random.nextInt(64), prompt, match, 0);
            if (large.wantsRoom()) {
                large.makeRoom();
            }
            // The room that is made ahead weighs in a small one only.
            if (large.size() > 100_000) {
                assertThat((double) large.bytes() / large.size()).isLessThanOrEqualTo(64);
            }
        }
    }

    @Test
    void shouldAllocateNothingOnceItIsFull() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        SplittableRandom random = new SplittableRandom(SEED);
        List<long[]> prompts = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            prompts.add(random.longs(50).toArray());
        }
        for (int slot = 0; slot < 4; slot++) {
            index.capacity(slot, 1_000);
        }
        long before = 0;
        for (int i = 0; i < 4_000; i++) {
            if (i == 2_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            long[] prompt = prompts.get(i % prompts.size());
            index.match(prompt, match);
            index.evictionPrice(i % 4, 50, i * SECOND, 10, 1e9);
            index.use(i % 4, prompt, match, i * SECOND);
        }
        // 2,000 prompts of 50 blocks; what is asked and looked up is an object or two itself.
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000);
    }

    @Test
    void shouldSurviveTheSameHashTwiceInAPrompt() {
        index.capacity(0, 4);
        for (int i = 0; i < 50; i++) {
            use(0, 1, 1, 2, 1, i);
            use(0, i, 1, i);
            assertThat(index.size(0)).isLessThanOrEqualTo(4);
        }
        index.drop(0);
        assertThat(index.size()).isZero();
    }

    @Test
    void shouldSayWhatIsTooSmall() {
        assertThatThrownBy(() -> new PrefixIndex(7)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bytes of the index: 7");
    }

    /** Against views of which each is a list, with prompts that share prefixes as conversations do. */
    @Test
    void shouldAgreeWithSimpleViews() {
        SplittableRandom random = new SplittableRandom(SEED);
        int pods = 7;
        List<SequencedSet<Long>> views = new ArrayList<>();
        int[] capacities = random.ints(pods, 5, 200).toArray();
        for (int slot = 0; slot < pods; slot++) {
            index.capacity(slot, capacities[slot]);
            views.add(new LinkedHashSet<>());
        }
        List<long[]> prompts = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            long[] prompt = prompt(prompts, random);
            find(prompt);
            for (int slot = 0; slot < pods; slot++) {
                assertThat(match.blocks(slot)).isEqualTo(prefix(views.get(slot), prompt));
            }
            if (random.nextInt(200) == 0) {
                int gone = random.nextInt(pods);
                index.drop(gone);
                index.capacity(gone, capacities[gone]);
                views.get(gone).clear();
                find(prompt);
            }
            int slot = random.nextInt(pods);
            index.use(slot, prompt, match, i * SECOND);
            use(views.get(slot), prompt, capacities[slot]);
            assertThat(index.size(slot)).isEqualTo(views.get(slot).size());
        }
        assertThat(index.size()).isEqualTo(views.stream().mapToInt(SequencedSet::size).sum());
    }

    private static long[] prompt(List<long[]> earlier, SplittableRandom random) {
        long[] begin = {};
        if (!earlier.isEmpty() && random.nextInt(4) > 0) {
            begin = earlier.get(random.nextInt(earlier.size()));
            begin = LongStream.of(begin).limit(random.nextInt(begin.length) + 1).toArray();
        }
        long[] whole = LongStream.concat(LongStream.of(begin), random.longs(random.nextInt(1, 30)))
                .limit(120).toArray();
        earlier.add(whole);
        if (earlier.size() > 50) {
            earlier.removeFirst();
        }
        return whole;
    }

    private static int prefix(SequencedSet<Long> view, long[] prompt) {
        int blocks = 0;
        while (blocks < prompt.length && view.contains(prompt[blocks])) {
            blocks++;
        }
        return blocks;
    }

    private static void use(SequencedSet<Long> view, long[] prompt, int capacity) {
        int wanted = Math.min(prompt.length, capacity);
        for (int i = prefix(view, prompt); i < wanted; i++) {
            view.remove(prompt[i]);
        }
        for (int i = wanted - 1; i >= 0; i--) {
            view.remove(prompt[i]);
            view.add(prompt[i]);
        }
        Iterator<Long> oldest = view.iterator();
        while (view.size() > capacity) {
            oldest.next();
            oldest.remove();
        }
    }

    private double price(int added, long now, double scale) {
        return index.evictionPrice(0, added, now * SECOND, scale, Double.POSITIVE_INFINITY);
    }

    private void find(long... prompt) {
        index.match(prompt, match);
    }

    private void use(int slot, long... prompt) {
        useAt(slot, 0, prompt);
    }

    private void useAt(int slot, long seconds, long... prompt) {
        find(prompt);
        index.use(slot, prompt, match, seconds * SECOND);
    }
}
