package dev.penstock.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The model of a pod, in figures that can be worked out by hand. */
class SimPodTest {

    private static final long MILLISECOND = 1_000_000;
    // 1,000 tokens a second, 10 blocks, steps of 10 ms and 1 ms for each request, two at once.
    private static final FleetModel MODEL = new FleetModel(1, 1_000, 10, 10 * MILLISECOND, MILLISECOND, 2);

    private final SimPod pod = new SimPod(MODEL, 1, 100);
    private final List<Job> jobs = new ArrayList<>();

    @Test
    void shouldPrefillThenDecodeStepByStep() {
        Job job = add(0, 500, 3, 0);
        finish();
        assertThat(job.firstTokenNanos).isEqualTo((500 + 11) * MILLISECOND);
        assertThat(job.endNanos).isEqualTo((500 + 33) * MILLISECOND);
    }

    @Test
    void shouldPrefillOneAfterTheOtherAndDecodeTogether() {
        Job first = add(0, 100, 100, 0);
        Job second = add(0, 104, 2, 1);
        finish();
        // The second is prefilled at 204; the step of the first that runs then ends at 100 + 10 * 11 = 210.
        assertThat(second.firstTokenNanos).isEqualTo((210 + 12) * MILLISECOND);
        assertThat(second.endNanos).isEqualTo((210 + 24) * MILLISECOND);
        assertThat(first.endNanos).isEqualTo((210 + 24 + 88 * 11) * MILLISECOND);
    }

    @Test
    void shouldPrefillOnlyWhatIsNotCached() {
        Job first = add(0, 1_000, 1, 0, 1);
        finish();
        Job again = add(20_000, 1_500, 1, 0, 1, 2);
        finish();
        assertThat(first.hitBlocks).isZero();
        assertThat(again.hitBlocks).isEqualTo(2);
        assertThat(again.uncachedTokens).isEqualTo(1_500 - 1_024);
        assertThat(pod.prefilledTokens()).isEqualTo(1_000 + 476);
    }

    @Test
    void shouldWaitWhereTheBatchOrTheCacheIsFull() {
        add(0, 10, 1_000, 0);
        add(0, 10, 1_000, 1);
        Job third = add(0, 10, 1, 2);
        finish();
        assertThat(third.firstTokenNanos).as("two run at once").isGreaterThan(jobs.getFirst().endNanos);

        Job large = add(100_000, 4_000, 600, IntStream.range(10, 18).toArray());
        Job other = add(100_000, 1, 1, 20);
        finish();
        assertThat(other.firstTokenNanos).as("8 blocks and 2 for the answer").isGreaterThan(large.endNanos);
    }

    @Test
    void shouldEvictTheEndOfTheLeastRecentlyUsedPrompt() {
        BlockCache cache = new BlockCache(5, 100);
        use(cache, 0, 1, 2);
        use(cache, 10, 11);
        assertThat(cache.take(new int[] {20}, 1)).isTrue();
        assertThat(cache.matched(new int[] {0, 1, 2})).as("two made room").isEqualTo(1);
        assertThat(cache.matched(new int[] {10, 11})).isEqualTo(2);
        cache.give(new int[] {20}, 1);
        assertThat(cache.take(new int[] {0, 1, 2, 3, 4}, 1)).as("six do not fit").isFalse();
        assertThat(cache.matched(new int[] {0})).as("and nothing was changed").isEqualTo(1);
    }

    @Test
    void shouldKeepTheBlocksOfRequestsThatRun() {
        BlockCache cache = new BlockCache(4, 100);
        assertThat(cache.take(new int[] {0, 1}, 0)).isTrue();
        assertThat(cache.take(new int[] {0, 1}, 0)).as("the same blocks twice").isTrue();
        assertThat(cache.take(new int[] {5, 6, 7}, 0)).isFalse();
        cache.give(new int[] {0, 1}, 0);
        assertThat(cache.take(new int[] {5, 6, 7}, 0)).as("one still uses them").isFalse();
        cache.give(new int[] {0, 1}, 0);
        assertThat(cache.take(new int[] {5, 6, 7}, 0)).isTrue();
        assertThat(cache.matched(new int[] {0, 1})).isEqualTo(1);
    }

    private static void use(BlockCache cache, int... prompt) {
        assertThat(cache.take(prompt, 0)).isTrue();
        cache.give(prompt, 0);
    }

    private Job add(long milliseconds, int input, int output, int... blocks) {
        Job job = new Job(jobs.size(), Trace.Request.of(0, input, output, blocks), 0, 0);
        jobs.add(job);
        pod.add(job, milliseconds * MILLISECOND);
        return job;
    }

    private void finish() {
        SimPod.Listener nobody = new SimPod.Listener() {
            @Override
            public void firstToken(Job job) {
                assertThat(job.firstTokenNanos).isPositive();
            }

            @Override
            public void ended(Job job) {
                assertThat(job.endNanos).isGreaterThanOrEqualTo(job.firstTokenNanos);
            }
        };
        while (pod.next() != Long.MAX_VALUE) {
            pod.run(pod.next(), nobody);
        }
        assertThat(jobs).allSatisfy(job -> assertThat(job.endNanos).isPositive());
    }
}
