package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code prefix-cache}: the longest cached prefix among pods that are not too busy, by AIBrix's rule. */
public final class PrefixCacheProvider implements RouterProvider {

    static final String NAME = "prefix-cache";
    static final String IMBALANCE = "imbalance-requests";
    static final String DEVIATION = "deviation-factor";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(
                Specs.integer(IMBALANCE, 8,
                        "where pods differ by more requests in flight than this, only the least busy ones are asked"),
                Specs.decimal(DEVIATION, 1,
                        "a pod may have this many standard deviations more requests in flight than the mean"),
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
        return new PrefixCacheRouter(environment);
    }
}
