package dev.penstock.cache.scrape;

import dev.penstock.spi.Gauge;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes gauges of the pages of one endpoint, one after the other. Not thread-safe. */
final class EngineFigures {

    /** Takes gauges. */
    interface Sink {

        /**
         * Takes a gauge.
         *
         * @param model the model, or null for the endpoint as a whole
         * @param value NaN where the page does not give it
         */
        void report(@Nullable String model, Gauge gauge, double value);
    }

    private final EngineMapping mapping;
    private final long windowNanos;
    private final CounterWindow whole;
    private final double[] total;
    private Map<String, CounterWindow> byModel = Map.of();

    EngineFigures(EngineMapping mapping, long windowNanos) {
        this.mapping = mapping;
        this.windowNanos = windowNanos;
        whole = new CounterWindow(mapping, windowNanos);
        total = new double[mapping.cells()];
    }

    /**
     * Takes a page that was read to its end.
     *
     * @param nanos when it was asked for
     * @param ownModel the model that series without the name of a model are of; asked for where the page has several
     */
    void take(PageCells page, long nanos, Supplier<@Nullable String> ownModel, Sink sink) {
        page.total(total);
        whole.add(total, page.bounds(), nanos);
        report(null, whole, sink);
        if (page.models() > 1) {
            takeModels(page, nanos, ownModel.get(), sink);
        }
    }

    private void takeModels(PageCells page, long nanos, @Nullable String ownModel, Sink sink) {
        Map<String, CounterWindow> before = byModel;
        byModel = new HashMap<>();
        boolean owned = false;
        for (int row = 1; row <= page.models(); row++) {
            String model = page.model(row);
            if (model.equals(ownModel)) {
                owned = true;
                page.merge(0, page.cells(row));
            }
            takeModel(before, model, page.cells(row), page.bounds(), nanos, sink);
        }
        if (ownModel != null && !owned) {
            takeModel(before, ownModel, page.cells(0), page.bounds(), nanos, sink);
        }
    }

    private void takeModel(Map<String, CounterWindow> before, String model, double[] cells, double[] bounds, long nanos,
            Sink sink) {
        CounterWindow window = before.get(model);
        if (window == null) {
            window = new CounterWindow(mapping, windowNanos);
        }
        byModel.put(model, window);
        window.add(cells, bounds, nanos);
        report(model, window, sink);
    }

    private void report(@Nullable String model, CounterWindow window, Sink sink) {
        for (Map.Entry<Gauge, List<Derivation>> each : mapping.derivations().entrySet()) {
            sink.report(model, each.getKey(), window.derive(each.getValue()));
        }
    }
}
