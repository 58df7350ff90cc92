package dev.penstock.cache.scrape;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/** Readers that read no page now: as many as pages come in at one time, not as there are endpoints. Not thread-safe. */
final class PageReaders {

    private static final int MOST_KEPT = 16;

    private final long maxBytes;
    private final Map<EngineMapping, ArrayDeque<PageReader>> free = new HashMap<>();

    PageReaders(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    PageReader take(EngineMapping mapping) {
        PageReader reader = of(mapping).pollFirst();
        if (reader == null) {
            return new PageReader(maxBytes, new PageCells(mapping));
        }
        reader.begin(reader.cells());
        return reader;
    }

    void giveBack(PageReader reader) {
        ArrayDeque<PageReader> kept = of(reader.cells().mapping());
        if (kept.size() < MOST_KEPT) {
            kept.addFirst(reader);
        }
    }

    private ArrayDeque<PageReader> of(EngineMapping mapping) {
        return free.computeIfAbsent(mapping, any -> new ArrayDeque<>());
    }
}
