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
        return switch (answer) {
            case Plan.Single single -> {
                PodView endpoint = known(single.endpoint(), asked, now);
                // The plugin's own object serves where it says what we know: one less for each request.
                yield endpoint == null ? new Invalid()
                        : new Selected(endpoint == single.endpoint() ? single : new Plan.Single(endpoint));
            }
            case Plan.PrefillDecode(PodView prefill, PodView decode, String connector) ->
                    pair(known(prefill, asked, now), known(decode, asked, now), connector);
            case null -> new Invalid();
        };
    }

    private static RouterAnswer pair(@Nullable PodView prefill, @Nullable PodView decode, @Nullable String connector) {
        return prefill == null || decode == null || connector == null || prefill.sameEndpoint(decode) ? new Invalid()
                : new Selected(new Plan.PrefillDecode(prefill, decode, connector));
    }

    private static @Nullable PodView known(@Nullable PodView chosen, Snapshot asked, Snapshot now) {
        if (chosen == null) {
            return null;
        }
        PodView known = find(asked, chosen);
        return known == null && asked != now ? find(now, chosen) : known;
    }

    private static @Nullable PodView find(Snapshot fleet, PodView chosen) {
        int slot = chosen.slot();
        PodView endpoint = slot < 0 || slot >= fleet.slots() ? null : fleet.endpoint(slot);
        return endpoint != null && endpoint.sameEndpoint(chosen) ? endpoint : null;
    }
}
