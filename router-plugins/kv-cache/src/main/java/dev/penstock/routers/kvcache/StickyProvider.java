package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code sticky-until-saturated}: stay with pods that hold most of the prompt until saturated (llm-d). */
public final class StickyProvider implements RouterProvider {

    static final String NAME = "sticky-until-saturated";
    static final String AFFINITY = "affinity-share";
    static final String SATURATION = "saturation-tokens";
    static final String PENALTY = "max-ttft-penalty";
    static final String EXPLORATION = "exploration";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(
                Specs.decimal(AFFINITY, 0.8, "a pod that holds this share of a prompt draws it"),
                Specs.integer(SATURATION, 286_720,
                        "uncached tokens without first token from which on a pod draws nothing"),
                Specs.duration(PENALTY, "5s",
                        "how much later than at the quickest pod the first token may be expected at a pod that draws"),
                Specs.decimal(EXPLORATION, 0.01, "share of requests that are not drawn"),
                Specs.tokenizer());
    }

    @Override
    public Needs needs(UnaryOperator<String> text) {
        return Specs.needs(text);
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new StickyRouter(environment);
    }
}
