package dev.penstock.cache;

import dev.penstock.cache.prometheus.PrometheusAgent;
import dev.penstock.cache.scrape.ScrapeAgent;
import dev.penstock.spi.PodView;
import java.io.IOException;
import org.agrona.concurrent.Agent;
import org.jspecify.annotations.Nullable;

/**
 * What {@code lb-scrape} does in turn: it asks engines, and where there is a Prometheus, that. Confined to that thread.
 */
final class EngineMetricsThread implements Agent {

    private final @Nullable ScrapeAgent scrape;
    private final @Nullable PrometheusAgent prometheus;

    private EngineMetricsThread(@Nullable ScrapeAgent scrape, @Nullable PrometheusAgent prometheus) {
        this.scrape = scrape;
        this.prometheus = prometheus;
    }

    /** The thread for some settings, or null where nobody is to be asked. */
    static @Nullable EngineMetricsThread of(EngineMetricsSettings settings, ScrapeAgent.Parts parts) {
        boolean scraping = settings.scrape().enabled();
        ScrapeAgent scrape = scraping ? new ScrapeAgent(settings.scrape(), parts) : null;
        PrometheusAgent prometheus = !settings.prometheus().enabled() ? null
                : new PrometheusAgent(settings.prometheus(), scraping, parts.fleet(), parts.figures(), parts.clock(),
                        parts.metrics());
        return scrape == null && prometheus == null ? null : new EngineMetricsThread(scrape, prometheus);
    }

    /** Why there are no metrics of an endpoint, or null. Any thread. */
    @Nullable String trouble(PodView endpoint) {
        return scrape == null ? null : scrape.troubles().of(endpoint);
    }

    @Override
    public String roleName() {
        return "lb-scrape";
    }

    @Override
    public int doWork() throws IOException {
        int work = prometheus == null ? 0 : prometheus.doWork();
        // Waits for engines itself, for a tenth of a second at most.
        return work + (scrape == null ? 0 : scrape.doWork());
    }

    /** How long there is nothing to do where no engine is asked. */
    long restNanos() {
        return prometheus == null ? Long.MAX_VALUE : prometheus.restNanos();
    }

    @Override
    public void onClose() {
        if (prometheus != null) {
            prometheus.close();
        }
        if (scrape != null) {
            scrape.onClose();
        }
    }
}
