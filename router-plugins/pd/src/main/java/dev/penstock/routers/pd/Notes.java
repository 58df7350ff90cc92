package dev.penstock.routers.pd;

import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Tells what decided, and what stood in for figures that were missing: counted, and noted. Confined to one thread. */
final class Notes {

    /** What can be told. */
    enum Note {
        /** A prefill pod had far less to do than another one. */
        GATE_PREFILL,
        /** A decode pod had far fewer requests than another one. */
        GATE_REQUESTS,
        /** A decode pod generated far fewer tokens than another one. */
        GATE_THROUGHPUT,
        /** A decode pod is through far sooner than another one. */
        GATE_DRAIN,
        /** No pair takes a prompt of this length: one pod does both. */
        COMBINED_LENGTH,
        /** Pairs have too much to do: one pod does both. */
        COMBINED_RELIEF,
        /** Only completions are handed over. */
        ONE_LEG,
        /** There is neither a pair nor a pod that does both. */
        NO_PAIR,
        /** A word in the settings or the profile that is no policy or connector: another one holds. */
        UNKNOWN_WORD,
        /** Nobody tells what pods have cached: all of the prompt counts as uncached. */
        NO_PREFIX_MATCH,
        /** The time of a prefill is not known, and taken by formula. */
        NO_PREFILL_TIME,
        /** No decode pod tells how many tokens it generates. */
        NO_THROUGHPUT,
        /** The decode pod does not tell how many tokens it generates: as many as the others on average. */
        MEAN_THROUGHPUT,
        /** The decode pod does not tell how full its KV cache is: it is taken as empty. */
        NO_KV_USAGE,
        /** What waits at pods, or how fast they are, is taken by requests in flight and by the others. */
        QUEUE_ASSUMED
    }

    private record Told(RouterEnvironment.Counter counter, String text) {}

    private final Map<Note, Told> told = new EnumMap<>(Note.class);

    Notes(RouterEnvironment environment) {
        for (Note note : Note.values()) {
            String name = note.name().toLowerCase(Locale.ROOT);
            told.put(note, new Told(environment.counter(name), PdProvider.NAME + "=" + name));
        }
    }

    void tell(RoutingContext context, Note note) {
        Told known = told.get(note);
        if (known != null) {
            known.counter().increment();
            context.note(known.text());
        }
    }
}
