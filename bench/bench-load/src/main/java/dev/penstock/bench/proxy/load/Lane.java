package dev.penstock.bench.proxy.load;

/**
 * A way through a proxy: a port of its own where a proxy needs one.
 *
 * @param engines where it leads
 * @param wire what clients speak
 */
public record Lane(EngineGroup engines, Wire wire) {
    /** What configurations call it. */
    public String id() {
        return wire == Wire.PLAIN ? engines.id() : engines.id() + "-" + wire.id();
    }
}
