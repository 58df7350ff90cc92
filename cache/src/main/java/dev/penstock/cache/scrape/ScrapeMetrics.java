package dev.penstock.cache.scrape;

import dev.penstock.core.port.Metrics;
import java.util.EnumMap;
import java.util.Map;

/** What is counted of scraping. Written by {@code lb-scrape}; any thread reads. */
final class ScrapeMetrics {

    private static final String PAGES = "penstock_scrape_pages";
    private static final String PAGES_HELP = "Metrics pages of engines, by result.";

    private final Metrics.Count read;
    private final Metrics.Count bytes;
    private final Map<Refusal.Reason, Metrics.Count> refused = new EnumMap<>(Refusal.Reason.class);
    private volatile int endpoints;
    private volatile int troubled;
    private volatile double p99Seconds = Double.NaN;
    private volatile double oldestSeconds = Double.NaN;

    ScrapeMetrics(Metrics metrics) {
        read = metrics.counter(PAGES, PAGES_HELP, "result", "read");
        bytes = metrics.counter("penstock_scrape_bytes", "Bytes of metrics pages that were read.");
        for (Refusal.Reason reason : Refusal.Reason.values()) {
            refused.put(reason, metrics.counter(PAGES, PAGES_HELP, "result", reason.word()));
        }
        metrics.gauge("penstock_scrape_endpoints", "Ready endpoints.", () -> endpoints);
        metrics.gauge("penstock_scrape_endpoints_without", "Ready endpoints whose last page was refused.",
                () -> troubled);
        metrics.gauge("penstock_scrape_age_seconds", "Age of the figures of endpoints.", () -> p99Seconds,
                "quantile", "0.99");
        metrics.gauge("penstock_scrape_age_seconds", "Age of the figures of endpoints.", () -> oldestSeconds,
                "quantile", "1");
    }

    void read(long pageBytes) {
        read.increment();
        bytes.add(pageBytes);
    }

    void refused(Refusal refusal) {
        Metrics.Count count = refused.get(refusal.reason());
        if (count != null) {
            count.increment();
        }
    }

    /** How it stands now. */
    void stands(int ready, int without, double p99, double oldest) {
        endpoints = ready;
        troubled = without;
        p99Seconds = p99;
        oldestSeconds = oldest;
    }
}
