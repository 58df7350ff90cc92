package dev.penstock.cache.scrape;

import dev.penstock.spi.PodView;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Why endpoints have no figures, for the operator. Written by {@code lb-scrape}; any thread reads. */
public final class Troubles {

    private record Trouble(int generation, String words) {}

    private final ConcurrentHashMap<Integer, Trouble> bySlot = new ConcurrentHashMap<>();

    Troubles() {}

    /** Why the last metrics page of an endpoint was of no use, or null where it was, or where it is not asked yet. */
    public @Nullable String of(PodView endpoint) {
        Trouble trouble = bySlot.get(endpoint.slot());
        return trouble == null || trouble.generation != endpoint.generation() ? null : trouble.words;
    }

    void begin(PodView endpoint, Refusal refusal) {
        bySlot.put(endpoint.slot(), new Trouble(endpoint.generation(),
                refusal.reason().word() + ": " + refusal.detail()));
    }

    void end(PodView endpoint) {
        bySlot.remove(endpoint.slot());
    }
}
