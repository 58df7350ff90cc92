package dev.penstock.bench.scrape;

import dev.penstock.cache.CacheRole;
import dev.penstock.cache.EngineMetricsSettings;
import dev.penstock.cache.FleetCache;
import dev.penstock.cache.prometheus.PrometheusSettings;
import dev.penstock.cache.scrape.EngineAccess;
import dev.penstock.cache.scrape.ScrapeSettings;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.Metrics;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Measures what {@code lb-scrape} costs beside a plain reader of the same pages, both at the same time. */
final class ScrapeBench {

    private static final long SAMPLE_NANOS = 1_000_000;
    private static final long SECOND = 1_000_000_000L;

    /**
     * What is measured.
     *
     * @param endpoints engines
     * @param pageBytes size of a page
     * @param intervalNanos time between two pages of an engine
     * @param warmUpNanos time that does not count
     * @param nanos time that counts
     */
    record Plan(int endpoints, int pageBytes, long intervalNanos, long warmUpNanos, long nanos) {}

    /**
     * What came out.
     *
     * @param pages pages that were read
     * @param refused answers of which nothing could be made
     * @param scrapeMicros CPU time for a page, in microseconds
     * @param plainMicros CPU time of the plain reader for a page, in microseconds
     * @param ageP50 age of a figure, in intervals: median
     * @param ageP99 the same: 99th percentile
     */
    record Result(long pages, long refused, double scrapeMicros, double plainMicros, double ageP50, double ageP99) {

        double ratio() {
            return scrapeMicros / plainMicros;
        }
    }

    private static final class Counted implements Metrics {

        private final AtomicLong read = new AtomicLong();
        private final AtomicLong refused = new AtomicLong();

        @Override
        public Count counter(String name, String help, String... labels) {
            AtomicLong sum = !name.equals("penstock_scrape_pages") ? new AtomicLong()
                    : labels[1].equals("read") ? read : refused;
            return new Count() {
                @Override
                public void add(long amount) {
                    sum.addAndGet(amount);
                }

                @Override
                public long value() {
                    return sum.get();
                }
            };
        }
    }

    private final Plan plan;
    private final Counted counted = new Counted();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    ScrapeBench(Plan plan) {
        this.plan = plan;
    }

    Result run() throws IOException {
        try (PageEngines engines = new PageEngines(plan.endpoints(), plan.pageBytes());
                FleetCache cache = cache(engines.ports());
                PlainReader plain = new PlainReader(engines.ports(), plan.intervalNanos())) {
            long scrapeThread = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("lb-scrape")).findFirst().orElseThrow().threadId();
            LockSupport.parkNanos(plan.warmUpNanos());
            long pages = counted.read.get();
            long asked = plain.asked();
            long scrapeCpu = threads.getThreadCpuTime(scrapeThread);
            long plainCpu = threads.getThreadCpuTime(plain.thread().threadId());
            double[] ages = sample(cache);
            pages = counted.read.get() - pages;
            asked = plain.asked() - asked;
            scrapeCpu = threads.getThreadCpuTime(scrapeThread) - scrapeCpu;
            plainCpu = threads.getThreadCpuTime(plain.thread().threadId()) - plainCpu;
            return new Result(pages, counted.refused.get(), scrapeCpu / 1e3 / Math.max(1, pages),
                    plainCpu / 1e3 / Math.max(1, asked), quantile(ages, 0.5), quantile(ages, 0.99));
        }
    }

    private FleetCache cache(List<Integer> ports) {
        List<PodSpec> pods = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            pods.add(new PodSpec(new PodIdentity("bench", "engine-" + i, "uid-" + i), "127.0.0.1",
                    List.of(ports.get(i)), null, "vllm", true, Map.of(), Map.of(), Set.of("m")));
        }
        ScrapeSettings scrape = new ScrapeSettings(true, plan.intervalNanos(), 5 * SECOND, 60 * SECOND, 4 << 20, 0);
        return FleetCache.builder(CacheRole.GATEWAY).metrics(counted).fleet(new FleetSpec(pods, List.of()))
                .engineMetrics(new EngineMetricsSettings(scrape, new PrometheusSettings("", "", "", SECOND, SECOND),
                        EngineAccess.PLAIN)).start();
    }

    /** Ages of figures at many moments, in intervals, ascending. */
    private double[] sample(FleetCache cache) {
        SplittableRandom random = new SplittableRandom(1);
        Snapshot fleet = cache.current();
        double[] ages = new double[(int) (plan.nanos() / SAMPLE_NANOS) + 1];
        int count = 0;
        long end = System.nanoTime() + plan.nanos();
        while (System.nanoTime() < end && count < ages.length) {
            LockSupport.parkNanos(SAMPLE_NANOS);
            PodView endpoint = fleet.endpoint(random.nextInt(plan.endpoints()));
            if (endpoint != null) {
                double age = cache.figures().gaugeAgeNanos(endpoint, Gauge.RUNNING) / plan.intervalNanos();
                // Never told is as old as can be.
                ages[count++] = Double.isNaN(age) ? Double.POSITIVE_INFINITY : age;
            }
        }
        double[] sorted = Arrays.copyOf(ages, count);
        Arrays.sort(sorted);
        return sorted;
    }

    private static double quantile(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) ((sorted.length - 1) * share)];
    }
}
