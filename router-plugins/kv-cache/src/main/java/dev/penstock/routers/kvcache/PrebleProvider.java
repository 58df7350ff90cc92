package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code prefix-cache-preble}: exploit a long cached prefix, else explore by the cost of prefill (Preble). */
public final class PrebleProvider implements RouterProvider {

    static final String NAME = "prefix-cache-preble";
    static final String IMBALANCE = "imbalance-requests";
    static final String GPU = "target-gpu";
    static final String WINDOW = "sliding-window";
    static final String DECODING = "decoding-length";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(
                Specs.integer(IMBALANCE, 8,
                        "where pods differ by more requests in flight than this, only the least busy ones are asked"),
                Specs.text(GPU, "V100", "whose prefill times are assumed: V100 or A6000"),
                Specs.duration(WINDOW, "3m", "how long a request counts as load of its pod"),
                Specs.integer(DECODING, 45, "tokens that a request is assumed to generate"),
                Specs.tokenizer());
    }

    @Override
    public Needs needs(UnaryOperator<String> text) {
        return Specs.needs(text);
    }

    @Override
    public boolean scores() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new PrebleRouter(environment);
    }
}
