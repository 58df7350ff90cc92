package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code predicted-ttft}: the least time to first token, with a price on misses and evictions. */
public final class PredictedTtftProvider implements RouterProvider {

    static final String NAME = "predicted-ttft";
    static final String MISS_WEIGHT = "miss-weight";
    static final String MISS_WEIGHT_PENDING = "miss-weight-pending";
    static final String MISS_WEIGHT_MOST = "miss-weight-most";
    static final String EVICTION_WEIGHT = "eviction-weight";
    static final String SHARED_BRANCHES = "shared-branches";
    static final String PROGRESS_CREDIT = "progress-credit";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(
                Specs.decimal(MISS_WEIGHT, 2,
                        "what a token costs that is not cached, in tokens that wait before it"),
                Specs.decimal(MISS_WEIGHT_PENDING, 1,
                        "what is added to that for each prompt that waits for its prefill, mean over pods"),
                Specs.decimal(MISS_WEIGHT_MOST, 8, "the most that it gets to"),
                Specs.decimal(EVICTION_WEIGHT, 0.5,
                        "what an evicted token costs that was just used, in tokens that wait"),
                Specs.decimal(SHARED_BRANCHES, 2,
                        "a prefix from which this many prompts for each pod went on lately costs no pod; 0 for never"),
                Specs.flag(PROGRESS_CREDIT, true,
                        "whether what a pod must have done of the prompt that it prefills is taken off"),
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
        return new PredictedTtftRouter(environment);
    }
}
