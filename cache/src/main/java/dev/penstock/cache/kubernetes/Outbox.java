package dev.penstock.cache.kubernetes;

import dev.penstock.cache.snapshot.CacheCommand;
import dev.penstock.cache.snapshot.CacheProxy;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the cache has not taken yet. Of each object only the latest is kept, so that a cache which is behind is told no
 * more than there are objects, and is told all of it in the end. Confined to {@code lb-kubernetes}.
 */
final class Outbox {

    private final CacheProxy proxy;
    private final Map<Object, CacheCommand> waiting = new LinkedHashMap<>();

    Outbox(CacheProxy proxy) {
        this.proxy = proxy;
    }

    /**
     * Tells the cache, now or later.
     *
     * @param object what the command is about
     * @param command the command; takes the place of an earlier one about the same object
     */
    void put(Object object, CacheCommand command) {
        waiting.put(object, command);
    }

    /** Hands over what the cache takes. */
    int flush() {
        int taken = 0;
        for (Iterator<CacheCommand> each = waiting.values().iterator(); each.hasNext();) {
            if (!proxy.offer(each.next())) {
                break;
            }
            each.remove();
            taken++;
        }
        return taken;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }
}
