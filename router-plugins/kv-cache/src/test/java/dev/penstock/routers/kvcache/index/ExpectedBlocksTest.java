package dev.penstock.routers.kvcache.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of blocks that are only expected: confirmed, withdrawn, or forgotten in time. */
class ExpectedBlocksTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long SEED = Long.getLong("penstock.test.seed", 1);

    private final PrefixIndex index = new PrefixIndex(1 << 20);
    private final PrefixMatch match = new PrefixMatch();

    private void use(int slot, long seconds, long... prompt) {
        index.match(prompt, match);
        index.use(slot, prompt, match, seconds * SECOND);
    }

    private void confirm(int slot, long seconds, long... prompt) {
        index.confirm(slot, prompt, match, seconds * SECOND);
    }

    private int blocks(int slot, long... prompt) {
        index.match(prompt, match);
        return match.blocks(slot);
    }

    @Test
    void shouldForgetInTimeWhatNobodyConfirms() {
        index.capacity(0, 100);
        use(0, 0, 1, 2, 3);
        use(0, 20, 11, 12);
        assertThat(index.expire(30 * SECOND, 60 * SECOND)).as("when to look again")
                .isBetween(59 * SECOND, 61 * SECOND);
        assertThat(index.size()).isEqualTo(5);

        assertThat(index.expire(61 * SECOND, 60 * SECOND)).isBetween(79 * SECOND, 81 * SECOND);
        assertThat(blocks(0, 1, 2, 3)).isZero();
        assertThat(blocks(0, 11, 12)).isEqualTo(2);
        assertThat(index.expire(90 * SECOND, 60 * SECOND)).isEqualTo(Long.MAX_VALUE);
        assertThat(index.size()).isZero();
    }

    @Test
    void shouldKeepWhatIsConfirmedAndAllThatItGoesOnFrom() {
        index.capacity(0, 100);
        use(0, 0, 1, 2);
        use(0, 1, 1, 2, 3);
        use(0, 2, 1, 9);
        confirm(0, 3, 1, 2, 3);
        index.expire(100 * SECOND, 60 * SECOND);
        assertThat(blocks(0, 1, 2, 3)).isEqualTo(3);
        assertThat(blocks(0, 1, 9)).isEqualTo(1);
    }

    @Test
    void shouldPutOffWhatIsSentAgain() {
        index.capacity(0, 100);
        use(0, 0, 1, 2, 3);
        use(0, 50, 1, 2);
        index.expire(70 * SECOND, 60 * SECOND);
        assertThat(blocks(0, 1, 2, 3)).isEqualTo(2);
    }

    @Test
    void shouldTakeAwayWhatAFailedPromptBroughtAndNobodyElseNeeds() {
        index.capacity(0, 100);
        index.capacity(1, 100);
        use(0, 0, 1, 2);
        confirm(0, 1, 1, 2);
        use(0, 2, 1, 2, 3, 4);
        use(0, 3, 1, 2, 3, 5);
        use(1, 3, 1, 2, 3, 4);
        index.withdraw(0, new long[] {1, 2, 3, 4});
        assertThat(blocks(0, 1, 2, 3, 4)).isEqualTo(3);
        assertThat(blocks(0, 1, 2, 3, 5)).as("the other prompt").isEqualTo(4);
        assertThat(blocks(1, 1, 2, 3, 4)).as("the other pod").isEqualTo(4);
        index.withdraw(0, new long[] {1, 2, 3, 5});
        assertThat(blocks(0, 1, 2, 3, 5)).as("confirmed").isEqualTo(2);
        index.withdraw(0, new long[] {1, 2});
        assertThat(blocks(0, 1, 2)).isEqualTo(2);
    }

    @Test
    void shouldTakeInAgainWhatIsConfirmedAfterItWasForgotten() {
        index.capacity(0, 100);
        use(0, 0, 1, 2, 3);
        index.expire(70 * SECOND, 60 * SECOND);
        confirm(0, 80, 1, 2, 3);
        index.expire(200 * SECOND, 60 * SECOND);
        assertThat(blocks(0, 1, 2, 3)).isEqualTo(3);
    }

    @Test
    void shouldSayNothingOfPodsThatItDoesNotKnow() {
        confirm(3, 0, 1, 2);
        index.withdraw(3, new long[] {1, 2});
        index.capacity(0, 100);
        confirm(0, 0);
        index.withdraw(0, new long[0]);
        assertThat(index.size()).isZero();
    }

    @Test
    void shouldAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        SplittableRandom random = new SplittableRandom(SEED);
        List<long[]> prompts = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            prompts.add(random.longs(50).toArray());
        }
        index.capacity(0, 1_000);
        long before = 0;
        for (int i = 0; i < 4_000; i++) {
            if (i == 2_000) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            long[] prompt = prompts.get(i % prompts.size());
            index.match(prompt, match);
            index.use(0, prompt, match, i * SECOND);
            if (i % 3 == 0) {
                index.withdraw(0, prompt);
            } else if (i % 3 == 1) {
                index.confirm(0, prompt, match, i * SECOND);
            }
            index.expire(i * SECOND, 10 * SECOND);
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000);
    }

    /** Against views of which each is a list, with prompts that share prefixes as conversations do. */
    @Test
    void shouldAgreeWithSimpleViews() {
        SplittableRandom random = new SplittableRandom(SEED);
        int pods = 5;
        List<SimpleView> views = new ArrayList<>();
        for (int slot = 0; slot < pods; slot++) {
            views.add(new SimpleView(random.nextInt(5, 300)));
            index.capacity(slot, views.get(slot).capacity);
        }
        List<long[]> prompts = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            long now = i * SECOND;
            int slot = random.nextInt(pods);
            SimpleView view = views.get(slot);
            long[] prompt = random.nextInt(3) > 0 || prompts.isEmpty() ? prompt(prompts, random)
                    : prompts.get(random.nextInt(prompts.size()));
            switch (random.nextInt(6)) {
                case 0, 1, 2 -> {
                    use(slot, i, prompt);
                    view.use(prompt, i);
                }
                case 3 -> {
                    confirm(slot, i, prompt);
                    view.confirm(prompt, i);
                }
                case 4 -> {
                    index.withdraw(slot, prompt);
                    view.withdraw(prompt);
                }
                default -> {
                    // A tick more or less is 17 ms: halves of seconds are nobody's.
                    index.expire(now + SECOND / 2, 20 * SECOND);
                    int before = i;
                    views.forEach(each -> each.expire(before - 20));
                }
            }
            index.match(prompt, match);
            for (int other = 0; other < pods; other++) {
                assertThat(match.blocks(other)).as("%d of %d", other, i).isEqualTo(views.get(other).prefix(prompt));
                assertThat(index.size(other)).isEqualTo(views.get(other).blocks.size());
            }
        }
        assertThat(index.size()).isPositive();
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

    /** A view as slow and plain as can be: the youngest block is the first one. */
    private static final class SimpleView {

        private static final class Block {
            final long hash;
            final long parent;
            long used;
            boolean expected = true;

            Block(long hash, long parent, long used) {
                this.hash = hash;
                this.parent = parent;
                this.used = used;
            }
        }

        final int capacity;
        final List<Block> blocks = new ArrayList<>();

        SimpleView(int capacity) {
            this.capacity = capacity;
        }

        private @Nullable Block find(long hash) {
            return blocks.stream().filter(block -> block.hash == hash).findFirst().orElse(null);
        }

        int prefix(long[] prompt) {
            int length = 0;
            while (length < prompt.length && find(prompt[length]) != null) {
                length++;
            }
            return length;
        }

        void use(long[] prompt, long now) {
            int wanted = Math.max(prefix(prompt), Math.min(prompt.length, capacity));
            for (int i = wanted - 1; i >= 0; i--) {
                Block known = find(prompt[i]);
                Block block = known == null ? new Block(prompt[i], i == 0 ? 0 : prompt[i - 1], now) : known;
                block.used = now;
                blocks.remove(block);
                blocks.addFirst(block);
            }
            while (blocks.size() > capacity) {
                blocks.removeLast();
            }
        }

        void confirm(long[] prompt, long now) {
            int held = Math.min(prompt.length, capacity);
            if (find(prompt[held - 1]) == null) {
                use(prompt, now);
            }
            for (int i = 0; i < held; i++) {
                Block block = find(prompt[i]);
                if (block != null) {
                    block.expected = false;
                }
            }
        }

        void withdraw(long[] prompt) {
            for (int i = Math.min(prompt.length, capacity) - 1; i >= 0; i--) {
                Block block = find(prompt[i]);
                if (block == null || !block.expected
                        || blocks.stream().anyMatch(other -> other.parent == block.hash)) {
                    return;
                }
                blocks.remove(block);
            }
        }

        void expire(long usedAtMost) {
            blocks.removeIf(block -> block.expected && block.used <= usedAtMost);
        }
    }
}
