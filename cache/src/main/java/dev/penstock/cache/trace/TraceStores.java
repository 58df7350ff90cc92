package dev.penstock.cache.trace;

import java.util.List;

/** Several places where windows go, one after the other. Confined to {@code lb-trace}. */
final class TraceStores implements TraceStore {

    private final List<TraceStore> stores;

    TraceStores(List<TraceStore> stores) {
        this.stores = List.copyOf(stores);
    }

    @Override
    public void write(TraceWindow window) {
        stores.forEach(store -> store.write(window));
    }

    @Override
    public int doWork() {
        int work = 0;
        for (TraceStore store : stores) {
            work += store.doWork();
        }
        return work;
    }

    @Override
    public long restNanos() {
        long rest = Long.MAX_VALUE;
        for (TraceStore store : stores) {
            rest = Math.min(rest, store.restNanos());
        }
        return rest;
    }

    @Override
    public void close() {
        stores.forEach(TraceStore::close);
    }
}
