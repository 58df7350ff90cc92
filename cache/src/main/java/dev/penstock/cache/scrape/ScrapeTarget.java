package dev.penstock.cache.scrape;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/** An endpoint that is asked. Confined to {@code lb-scrape}. */
final class ScrapeTarget implements MetricsTaker.Listener {

    private static final System.Logger LOG = System.getLogger(ScrapeTarget.class.getName());

    private final FigureColumns figures;
    private final ScrapeMetrics metrics;
    private final Troubles troubles;
    private PodView endpoint;
    private @Nullable Poll page;
    private @Nullable Poll models;
    private long goodNanos;
    private boolean everGood;
    private Refusal.@Nullable Reason trouble;

    ScrapeTarget(PodView endpoint, FigureColumns figures, ScrapeMetrics metrics, Troubles troubles) {
        this.endpoint = endpoint;
        this.figures = figures;
        this.metrics = metrics;
        this.troubles = troubles;
    }

    /** What is asked for it; each may be null. */
    void polls(@Nullable Poll pagePoll, @Nullable Poll modelsPoll) {
        page = pagePoll;
        models = modelsPoll;
    }

    PodView endpoint() {
        return endpoint;
    }

    /** The same endpoint as it is now; false where it has to be asked otherwise. */
    boolean update(PodView now) {
        if (!endpoint.sameEndpoint(now) || !endpoint.engine().equals(now.engine())
                || !EndpointPorts.instance(endpoint).equals(EndpointPorts.instance(now))) {
            return false;
        }
        endpoint = now;
        if (page != null) {
            page.endpoint(now);
        }
        if (models != null) {
            models.endpoint(now);
        }
        return true;
    }

    /** Names have been looked up. */
    void named() {
        if (page != null) {
            page.named();
        }
        if (models != null) {
            models.named();
        }
    }

    /** Asks it no more. */
    void close() {
        if (page != null) {
            page.close();
        }
        if (models != null) {
            models.close();
        }
        troubles.end(endpoint);
    }

    /** Whether its last page was refused. */
    boolean troubled() {
        return trouble != null;
    }

    /** When the page was asked for that its figures are of; as old as can be where there was none. */
    long ageNanos(long nowNanos) {
        return everGood ? nowNanos - goodNanos : Long.MAX_VALUE;
    }

    @Override
    public void read(long askedNanos, long bytes) {
        goodNanos = askedNanos;
        everGood = true;
        metrics.read(bytes);
        if (trouble != null) {
            trouble = null;
            troubles.end(endpoint);
            LOG.log(System.Logger.Level.INFO, () -> endpoint.address() + ": its metrics are read again");
        }
    }

    @Override
    public void refused(Refusal refusal) {
        metrics.refused(refusal);
        if (refusal.reason() != trouble) {
            trouble = refusal.reason();
            troubles.begin(endpoint, refusal);
            // No warning: an engine need not have metrics, and one that is down is told of by those who need it.
            LOG.log(System.Logger.Level.INFO, () -> endpoint.address() + " (" + endpoint.name()
                    + "): no metrics: " + refusal.detail());
        }
    }

    @Override
    public void report(@Nullable String model, Gauge gauge, double value) {
        if (model == null) {
            figures.reportGauge(endpoint, gauge, value, goodNanos);
        } else {
            figures.reportGauge(endpoint, model, gauge, value, goodNanos);
        }
    }
}
