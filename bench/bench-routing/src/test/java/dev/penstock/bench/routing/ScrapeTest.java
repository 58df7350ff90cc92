package dev.penstock.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.testkit.TestShard;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What routers are told of a simulated engine, in figures that can be worked out by hand. */
class ScrapeTest {

    private static final long MILLISECOND = 1_000_000;
    private static final long SECOND = 1_000 * MILLISECOND;
    private static final Offset<Double> EXACTLY = within(1e-9);
    // 1,000 tokens a second, 10 blocks, steps of 10 ms and 1 ms for each request, four at once.
    private static final FleetModel MODEL = new FleetModel(1, 1_000, 10, 10 * MILLISECOND, MILLISECOND, 4);
    private static final SimPod.Listener NOBODY = new SimPod.Listener() {
        @Override
        public void firstToken(Job job) {
            assertThat(job.firstTokenNanos).isPositive();
        }

        @Override
        public void ended(Job job) {
            assertThat(job.endNanos).isPositive();
        }
    };

    private final SimPod engine = new SimPod(MODEL, 1, 100);
    private final TestShard shard = TestShard.of();
    private final List<Job> jobs = new ArrayList<>();
    private PodView pod;
    private Scrape scrape;

    @BeforeEach
    void addPod() {
        shard.fleet().add("p1");
        pod = shard.pod("p1");
        scrape = new Scrape(engine, shard.load(), pod);
    }

    @AfterEach
    void close() {
        shard.close();
    }

    @Test
    void shouldTellTheStateOfTheEngineWhenItIsAskedAndNothingInBetween() {
        add(0, 1_000, 1_000, 0, 1);
        add(0, 1_024, 10, 2, 3);
        add(0, 100, 10, 4);
        runUntil(500 * MILLISECOND);
        assertThat(gauge(Gauge.WAITING)).as("never asked").isNaN();

        read(500 * MILLISECOND);
        assertThat(gauge(Gauge.RUNNING)).as("one is prefilled").isEqualTo(1);
        assertThat(gauge(Gauge.WAITING)).isEqualTo(2);
        assertThat(gauge(Gauge.KV_CACHE_USAGE)).as("2 blocks of prompt, 2 of answer, of 10").isEqualTo(0.4);
        assertThat(gauge(Gauge.UTILIZATION)).isEqualTo(0.4);

        runUntil(1_500 * MILLISECOND);
        assertThat(gauge(Gauge.RUNNING)).as("not asked again").isEqualTo(1);
        assertThat(gauge(Gauge.WAITING)).isEqualTo(2);

        read(1_500 * MILLISECOND);
        assertThat(gauge(Gauge.RUNNING)).as("one decodes, one is prefilled").isEqualTo(2);
        assertThat(gauge(Gauge.WAITING)).isEqualTo(1);
        assertThat(gauge(Gauge.KV_CACHE_USAGE)).as("3 blocks more").isEqualTo(0.7);
    }

    @Test
    void shouldTellWhatIsKeptForLaterFromWhatIsInUse() {
        add(0, 1_000, 1, 0, 1);
        finish();
        read(2 * SECOND);
        assertThat(gauge(Gauge.RUNNING)).isZero();
        assertThat(gauge(Gauge.KV_CACHE_USAGE)).as("cached, and free for anybody").isZero();
    }

    @Test
    void shouldTellMeansOfWhatHasEnded() {
        read(0);
        // Prefilled until 500 ms, first token at 511, then two more; the other one waits for 500 ms.
        add(0, 500, 3, 0);
        add(0, 1_000, 1, 1, 2);
        finish();
        read(2 * SECOND);
        assertThat(gauge(Gauge.PROMPT_TOKENS_PER_REQUEST)).isEqualTo(750);
        assertThat(gauge(Gauge.GENERATION_TOKENS_PER_REQUEST)).isEqualTo(2);
        assertThat(gauge(Gauge.QUEUE_SECONDS)).isEqualTo(0.25, EXACTLY);
        assertThat(gauge(Gauge.PREFILL_SECONDS)).as("0.511 and 1.011").isEqualTo(0.761, EXACTLY);
        assertThat(gauge(Gauge.DECODE_SECONDS)).as("0.022 and 0").isEqualTo(0.011, EXACTLY);
        assertThat(gauge(Gauge.INFERENCE_SECONDS)).isEqualTo(0.772, EXACTLY);
        assertThat(gauge(Gauge.E2E_SECONDS)).isEqualTo(1.022, EXACTLY);
        assertThat(gauge(Gauge.TTFT_SECONDS)).as("0.511 and 1.511").isEqualTo(1.011, EXACTLY);
        assertThat(gauge(Gauge.TPOT_SECONDS)).isEqualTo(0.011, EXACTLY);
        assertThat(gauge(Gauge.COMPLETION_RATE)).as("two in two seconds").isEqualTo(1);
        assertThat(gauge(Gauge.PROMPT_THROUGHPUT)).isEqualTo(750);
        assertThat(gauge(Gauge.GENERATION_THROUGHPUT)).isEqualTo(2);
        assertThat(gauge(Gauge.GPU_BUSY)).as("1.511 of 2 s").isEqualTo(0.7555, EXACTLY);
    }

    @Test
    void shouldTellTokensOfAnAnswerThatGoesOn() {
        read(0);
        add(0, 500, 1_000, 0);
        runUntil(1_000 * MILLISECOND);
        read(1_000 * MILLISECOND);
        assertThat(gauge(Gauge.GENERATION_THROUGHPUT)).as("whole steps of 11 ms in 500 ms").isEqualTo(45);
        assertThat(gauge(Gauge.TPOT_SECONDS)).isEqualTo(0.011, EXACTLY);
        assertThat(gauge(Gauge.GPU_BUSY)).isEqualTo(1);
        assertThat(gauge(Gauge.E2E_SECONDS)).as("none has ended").isNaN();
        assertThat(gauge(Gauge.COMPLETION_RATE)).isZero();
    }

    @Test
    void shouldTellWhichShareOfPromptsIsCached() {
        read(0);
        add(0, 1_024, 1, 0, 1);
        finish();
        add(5_000, 2_048, 1, 0, 1, 2, 3);
        finish();
        read(10 * SECOND);
        assertThat(gauge(Gauge.KV_CACHE_HIT_RATE)).isEqualTo(1_024.0 / 3_072);
    }

    @Test
    void shouldForgetWhatIsOlderThanAMinute() {
        add(0, 500, 1, 0);
        finish();
        for (int second = 1; second <= 200; second++) {
            read(second * SECOND);
        }
        assertThat(gauge(Gauge.COMPLETION_RATE)).isZero();
        assertThat(gauge(Gauge.E2E_SECONDS)).as("a mean of nothing").isNaN();
        add(200_000, 100, 1, 1);
        finish();
        read(201 * SECOND);
        assertThat(gauge(Gauge.E2E_SECONDS)).isEqualTo(0.111, EXACTLY);
        assertThat(1 / gauge(Gauge.COMPLETION_RATE)).as("one in the window, which has kept four pages of a minute")
                .isBetween(45.0, 60.0);
    }

    @Test
    void shouldTellHowOldAReportIs() {
        read(3 * SECOND);
        shard.clock().set(3 * SECOND + 700 * MILLISECOND);
        assertThat(shard.load().gaugeAgeNanos(pod, Gauge.WAITING)).isEqualTo(700 * MILLISECOND);
    }

    @Test
    void shouldAskEachEngineOnceInAnIntervalAtItsOwnTime() {
        SimPod other = new SimPod(MODEL, 1, 100);
        shard.fleet().add("p2");
        PodView second = shard.pod("p2");
        List<Scrape> both = List.of(scrape, new Scrape(other, shard.load(), second));
        List<Long> times = times(new Scrapes(both, SECOND, 7));
        assertThat(times).isSorted().hasSize(6);
        assertThat(times.get(1) - times.get(0)).isBetween(1L, SECOND - 1);
        for (int i = 2; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 2)).isEqualTo(SECOND);
        }
        assertThat(times(new Scrapes(both, SECOND, 7))).isEqualTo(times);
        assertThat(times(new Scrapes(both, SECOND, 8))).isNotEqualTo(times);
    }

    private static List<Long> times(Scrapes scrapes) {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            times.add(scrapes.next());
            scrapes.run();
        }
        return times;
    }

    private double gauge(Gauge gauge) {
        return shard.load().gauge(pod, gauge);
    }

    private void read(long now) {
        scrape.read(now);
    }

    private void add(long milliseconds, int input, int output, int... blocks) {
        Job job = new Job(jobs.size(), Trace.Request.of(0, input, output, blocks), 0, 0);
        jobs.add(job);
        engine.add(job, milliseconds * MILLISECOND);
    }

    private void runUntil(long until) {
        while (engine.next() <= until) {
            engine.run(engine.next(), NOBODY);
        }
    }

    private void finish() {
        runUntil(Long.MAX_VALUE - 1);
    }
}
