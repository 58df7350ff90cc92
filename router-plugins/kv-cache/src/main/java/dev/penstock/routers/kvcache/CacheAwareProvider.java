package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code cache-aware}: the best prefix while the load is balanced, else the least busy (SGLang). */
public final class CacheAwareProvider implements RouterProvider {

    static final String NAME = "cache-aware";
    static final String THRESHOLD = "cache-threshold";
    static final String BALANCE_ABS = "balance-abs";
    static final String BALANCE_REL = "balance-rel";
    static final String OVERLOAD_KV = "overload-kv-usage";
    static final String BALANCE_KV = "balance-kv-usage";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(
                Specs.decimal(THRESHOLD, 0.3, "share of a prompt above which its prefix decides"),
                Specs.integer(BALANCE_ABS, 64, "requests that pods may differ by"),
                Specs.decimal(BALANCE_REL, 1.5, "times that pods may differ by"),
                Specs.decimal(OVERLOAD_KV, 1,
                        "share of a KV cache in use above which the load is not balanced; 1 for never"),
                Specs.decimal(BALANCE_KV, 1,
                        "difference of shares of KV caches in use above which the load is not balanced; 1 for never"),
                Specs.tokenizer());
    }

    @Override
    public Needs needs(UnaryOperator<String> text) {
        return Specs.needs(text);
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new CacheAwareRouter(environment);
    }
}
