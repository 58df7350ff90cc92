package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code prefix-cached-filter}: pods that hold enough of the prompt. */
public final class PrefixCachedProvider implements RouterProvider {

    static final String LEAST = "least";

    @Override
    public String name() {
        return "prefix-cached-filter";
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(Specs.decimal(LEAST, 0.8, "share of the prompt that a pod must have cached, 0 to 1"),
                Specs.tokenizer());
    }

    @Override
    public Needs needs(UnaryOperator<String> text) {
        return Specs.needs(text);
    }

    @Override
    public boolean filters() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new PrefixCachedFilter(environment);
    }
}
