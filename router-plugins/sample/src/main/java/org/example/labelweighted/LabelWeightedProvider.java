package org.example.labelweighted;

import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/**
 * The entry of the plugin. Penstock finds it through {@code META-INF/services/dev.penstock.spi.RouterProvider}, asks it
 * once for all there is to know, and lets it make one router for each shard.
 */
public final class LabelWeightedProvider implements RouterProvider {

    static final String LABEL = "label";
    static final String DEFAULT_WEIGHT = "default-weight";

    /** What clients send in the header {@code routing-strategy}, and what the configuration names. */
    @Override
    public String name() {
        return "label-weighted";
    }

    /** In the configuration below {@code routers.label-weighted}. Penstock checks the types before it starts. */
    @Override
    public List<SettingSpec> settings() {
        return List.of(
                new SettingSpec(LABEL, SettingSpec.Type.TEXT, "weight",
                        "Label of a pod that says how much it can do, in any unit."),
                new SettingSpec(DEFAULT_WEIGHT, SettingSpec.Type.DECIMAL, "1",
                        "Weight of a pod without the label, or with one that is not a positive number."));
    }

    /** Its routers are scorers, so they can be part of {@code label-weighted:2,session-affinity:1}. */
    @Override
    public boolean scores() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new LabelWeightedRouter(environment);
    }
}
