package dev.penstock.routers.load;

import dev.penstock.spi.ModelView;
import dev.penstock.spi.Snapshot;

/**
 * What is derived for each pod of a model from what engines report, so that a decision reads an array and not a handful
 * of figures with their ages: engines are asked once a second, and requests come a thousand times as often. Confined to
 * one thread.
 */
abstract class Column {

    /** For how long it stands, unless the fleet changes: a tenth of what reports are old themselves. */
    static final long LIFE_NANOS = 100_000_000;

    private long madeNanos;
    private long version;
    private boolean made;

    /** Makes it anew where it is too old, or of an earlier fleet. */
    final void renewIfOld(Snapshot snapshot, ModelView model, long nowNanos) {
        if (!made || version != snapshot.version() || nowNanos - madeNanos >= LIFE_NANOS) {
            renew(snapshot, model, nowNanos);
            made = true;
            version = snapshot.version();
            madeNanos = nowNanos;
        }
    }

    /**
     * Reads the figures of the ready pods of a model. Other slots are as those of pods that report nothing: an adapter
     * might be served by a pod that does not serve its base model.
     */
    abstract void renew(Snapshot snapshot, ModelView model, long nowNanos);
}
