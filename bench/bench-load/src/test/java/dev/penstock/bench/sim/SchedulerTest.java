package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Time is a number here: nothing in this test waits. */
class SchedulerTest {
    private static final long MS = 1_000_000;

    private final List<String> log = new ArrayList<>();
    private final PrefixCache cache = new PrefixCache(100, 1);
    private final Scheduler scheduler = scheduler(new TimeModel(1_000, 6 * MS, MS, 2));
    private long now;

    private Scheduler scheduler(TimeModel time) {
        return new Scheduler(time, cache, new EngineMetrics("m", cache, new EngineCounters()));
    }

    private Generation submit(Scheduler to, String name, int promptTokens, int outputTokens) {
        return submit(to, name, promptTokens, outputTokens, false);
    }

    private Generation submit(Scheduler to, String name, int promptTokens, int outputTokens, boolean computed) {
        String prompt = name.repeat(4 * promptTokens).substring(0, 4 * promptTokens);
        Generation generation = new Generation(promptTokens, outputTokens, Tokens.blockHashes("m", prompt, 1),
                computed, new Generation.Listener() {
                    @Override
                    public void token(int index) {
                        log.add(name + index + "@" + now / MS);
                    }

                    @Override
                    public void finished() {
                        log.add(name + " done@" + now / MS);
                    }
                });
        to.submit(generation, now);
        return generation;
    }

    private void runUntil(long end) {
        for (long due = scheduler.nextEventNanos(); due <= end; due = scheduler.nextEventNanos()) {
            now = due;
            scheduler.advance(now);
        }
        now = end;
    }

    @Test
    void shouldTakePrefillTimeThenOneStepPerToken() {
        submit(scheduler, "a", 10, 3);
        runUntil(1_000 * MS);

        assertThat(log).containsExactly("a0@10", "a1@17", "a2@24", "a done@24");
        assertThat(scheduler.nextEventNanos()).isEqualTo(Scheduler.NEVER);
        assertThat(cache.usage()).isZero();
    }

    @Test
    void shouldTakeNoTimeForAPromptThatAnotherEngineHasComputed() {
        submit(scheduler, "a", 10, 3, true);
        runUntil(1_000 * MS);

        assertThat(log).containsExactly("a0@0", "a1@7", "a2@14", "a done@14");
    }

    @Test
    void shouldPrefillOneAfterTheOtherAndSlowDecodeByTheBatch() {
        submit(scheduler, "a", 10, 4);
        submit(scheduler, "b", 10, 2);
        runUntil(1_000 * MS);

        // a steps alone 10-17 and 17-24; b joins at 20, so the step from 24 has both and takes 6 + 2.
        assertThat(log).containsExactly("a0@10", "a1@17", "b0@20", "a2@24", "a3@32", "a done@32", "b1@32", "b done@32");
    }

    @Test
    void shouldLetWaitWhatDoesNotFitTheBatch() {
        submit(scheduler, "a", 1, 10);
        submit(scheduler, "b", 1, 10);
        submit(scheduler, "c", 1, 1);
        runUntil(10 * MS);

        assertThat(scheduler.running()).isEqualTo(2);
        assertThat(scheduler.waiting()).isEqualTo(1);
        runUntil(1_000 * MS);
        assertThat(log).contains("c done@" + (millisOf("a done") + 1));
    }

    private long millisOf(String what) {
        String entry = log.stream().filter(each -> each.startsWith(what)).findFirst().orElseThrow();
        return Long.parseLong(entry.substring(entry.indexOf('@') + 1));
    }

    @Test
    void shouldComputeOnlyWhatIsNotCachedButAlwaysTheLastToken() {
        submit(scheduler, "a", 10, 1);
        runUntil(100 * MS);
        Generation again = submit(scheduler, "a", 10, 1);
        runUntil(200 * MS);

        assertThat(again.cachedTokens).isEqualTo(9);
        assertThat(log).containsExactly("a0@10", "a done@10", "a0@101", "a done@101");
    }

    @Test
    void shouldFinishAfterPrefillWithoutOutput() {
        submit(scheduler, "a", 5, 0);
        runUntil(100 * MS);

        assertThat(log).containsExactly("a done@5");
    }

    @Test
    void shouldFreeEverythingWhenAborted() {
        Generation running = submit(scheduler, "a", 10, 50);
        Generation prefilling = submit(scheduler, "b", 10, 5);
        Generation waiting = submit(scheduler, "c", 10, 5);
        runUntil(15 * MS);
        for (Generation each : List.of(waiting, prefilling, running, running)) {
            scheduler.abort(each, now);
        }
        log.clear();
        runUntil(1_000 * MS);

        assertThat(log).isEmpty();
        assertThat(scheduler.running()).isZero();
        assertThat(scheduler.waiting()).isZero();
        assertThat(cache.usage()).isZero();
    }

    @Test
    void shouldWaitForBlocksAndKnowWhatNeverFits() {
        submit(scheduler, "a", 50, 40);
        submit(scheduler, "b", 20, 1);
        runUntil(60 * MS);
        assertThat(scheduler.waiting()).isEqualTo(1);

        runUntil(10_000 * MS);
        assertThat(log.getLast()).startsWith("b done");
        assertThat(scheduler.fits(60, 41)).isFalse();
        assertThat(scheduler.fits(60, 40)).isTrue();
    }

    @Test
    void shouldCatchUpWhenDrivenLate() {
        submit(scheduler, "a", 10, 3);
        now = 5_000 * MS;
        scheduler.advance(now);

        assertThat(log).containsExactly("a0@5000", "a1@5000", "a2@5000", "a done@5000");
    }

    @Test
    void shouldTakeNoTimeIfToldSo() {
        Scheduler instantly = scheduler(TimeModel.zero());
        submit(instantly, "a", 10, 2);
        instantly.advance(now);

        assertThat(log).containsExactly("a0@0", "a1@0", "a done@0");
    }
}
