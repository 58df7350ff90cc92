package dev.penstock.cache.figures;

import dev.penstock.spi.PodView;
import java.util.Set;

/**
 * What is kept for each slot beside the snapshot, as the writer of the snapshots sees it. Confined to {@code lb-cache}.
 */
public interface SlotColumns {

    /** Nothing is kept, so a slot may be used again as soon as nobody sees it. */
    SlotColumns NONE = new SlotColumns() {
        @Override
        public void prepare(int slot, int generation) {}

        @Override
        public void describe(PodView endpoint, Set<String> own, Set<String> models) {}

        @Override
        public void leave(int slot, int generation) {}

        @Override
        public boolean retire(int slot, int generation) {
            return true;
        }
    };

    /**
     * Makes the columns of a slot those of an endpoint that nothing is known of. Called before the snapshot that shows
     * the endpoint is published.
     *
     * @param slot a slot that nobody uses
     * @param generation the generation of the endpoint that moves in
     */
    void prepare(int slot, int generation);

    /**
     * Says who has moved in, or what has changed of it since. Called before the snapshot that shows it is published.
     *
     * @param own names of the pod's own models
     * @param models names of all models that the endpoint serves, adapters included
     */
    void describe(PodView endpoint, Set<String> own, Set<String> models);

    /** An endpoint has left the fleet; requests may still run there. */
    void leave(int slot, int generation);

    /**
     * Ends a generation where nothing is in flight any more; nothing can be counted for it from then on.
     *
     * @return false where requests are still in flight
     */
    boolean retire(int slot, int generation);
}
