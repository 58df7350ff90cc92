package dev.penstock.server.admin;

import dev.penstock.core.port.FleetTimes;
import dev.penstock.spi.PodView;
import org.jspecify.annotations.Nullable;

/** A fleet that is as it is for some seconds: all are told apart. */
final class FixedTimes implements FleetTimes {

    private static final long SECOND = 1_000_000_000;

    @Override
    public long nowNanos() {
        return 100 * SECOND;
    }

    @Override
    public long publishedNanos() {
        return 99 * SECOND;
    }

    @Override
    public @Nullable ModelTimes model(String name) {
        return new ModelTimes(90 * SECOND, 3, 95 * SECOND, 7);
    }

    @Override
    public long joinedNanos(PodView endpoint) {
        return 70 * SECOND;
    }

    @Override
    public long changedNanos(PodView endpoint) {
        return 80 * SECOND;
    }
}
