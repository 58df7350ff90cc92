package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code kv-cost}: the least sum of blocks to prefill and blocks in decode (Dynamo). */
public final class KvCostProvider implements RouterProvider {

    static final String NAME = "kv-cost";
    static final String PREFILL_SCALE = "prefill-load-scale";
    static final String PRODUCT = "product";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(
                Specs.decimal(PREFILL_SCALE, 1, "weight of blocks to prefill"),
                Specs.flag(PRODUCT, false,
                        "multiply blocks to prefill with requests in flight + 1 instead of adding blocks in decode"),
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
        return new KvCostRouter(environment);
    }
}
