package dev.penstock.core.engine;

import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import org.jspecify.annotations.Nullable;

/** What a router said. */
sealed interface RouterAnswer {

    record Selected(Plan plan) implements RouterAnswer {}

    record Abstained(String reason) implements RouterAnswer {}

    record Failed(ErrorCode error) implements RouterAnswer {}

    /** Null, or nothing that could be carried out. */
    record Invalid() implements RouterAnswer {}

    /**
     * What a plugin chose, looked at in the plugin's own time: from here on there are only our own objects.
     *
     * @param answer the plan, whatever it is
     * @param asked the fleet that the router was shown
     * @param now the fleet as it is now, with endpoints that may have come while the request waited
     */
    static RouterAnswer of(@Nullable Plan answer, Snapshot asked, Snapshot now) {
        // One leg of two cannot be carried out yet by any host.
        if (!(answer instanceof Plan.Single(PodView chosen)) || chosen == null) {
            return new Invalid();
        }
        PodView known = find(asked, chosen);
        PodView endpoint = known == null && asked != now ? find(now, chosen) : known;
        if (endpoint == null) {
            return new Invalid();
        }
        return new Selected(endpoint == chosen ? answer : new Plan.Single(endpoint));
    }

    private static @Nullable PodView find(Snapshot fleet, PodView chosen) {
        int slot = chosen.slot();
        PodView endpoint = slot < 0 || slot >= fleet.slots() ? null : fleet.endpoint(slot);
        return endpoint != null && endpoint.sameEndpoint(chosen) ? endpoint : null;
    }
}
