package dev.penstock.routers.pd;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/** Offers {@code pd}: a pod for the prompt and another one for the answer. */
public final class PdProvider implements RouterProvider {

    static final String NAME = "pd";
    /** Bytes in a block of {@code prefix-match}, whose scores tell how much of a prompt a pod holds. */
    private static final int BLOCK_BYTES = 128;

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return PdSettings.SPECS;
    }

    @Override
    public Needs needs() {
        return Needs.hashes(BLOCK_BYTES);
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new PdRouter(environment, PdSettings.of(environment));
    }
}
