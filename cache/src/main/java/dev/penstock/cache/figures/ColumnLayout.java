package dev.penstock.cache.figures;

import dev.penstock.spi.Gauge;

/**
 * Where each figure is within a chunk of slots. A chunk holds one dense run of values for each figure, so a scan of
 * one figure over all endpoints touches nothing else.
 *
 * <p>The order is that of the figures file: a change of it is a new {@link #VERSION}.
 */
final class ColumnLayout {

    /** Version of the layout, in the header of a figures file. */
    static final int VERSION = 3;

    /** Slots in a chunk. */
    static final int CHUNK = 1024;
    private static final int CHUNK_SHIFT = 10;

    /** Generation in the upper half, requests in flight from this process in the lower one. */
    private static final int IN_FLIGHT_LOCAL = 0;
    private static final int PENDING_TOKENS = IN_FLIGHT_LOCAL + CHUNK * Long.BYTES;
    private static final int IN_FLIGHT_REMOTE = PENDING_TOKENS + CHUNK * Long.BYTES;
    /** What requests told of an endpoint: {@link HealthColumns}. */
    private static final int HEALTH_TOLD = IN_FLIGHT_REMOTE + CHUNK * Integer.BYTES;
    private static final int HEALTH_OVERLOAD = HEALTH_TOLD + CHUNK * Long.BYTES;
    /** What was decided about it. */
    private static final int HEALTH_STATE = HEALTH_OVERLOAD + CHUNK * Long.BYTES;
    private static final int HEALTH_SINCE = HEALTH_STATE + CHUNK * Long.BYTES;
    private static final int HEALTH_UNTIL = HEALTH_SINCE + CHUNK * Long.BYTES;
    /** What requests take of it, and what it has completed: {@link LoadColumns}. */
    private static final int PENDING_LOAD = HEALTH_UNTIL + CHUNK * Long.BYTES;
    private static final int PENDING_LOAD_REMOTE = PENDING_LOAD + CHUNK * Long.BYTES;
    private static final int COMPLETED = PENDING_LOAD_REMOTE + CHUNK * Long.BYTES;
    private static final int COMPLETION_RATE = COMPLETED + CHUNK * Long.BYTES;
    /** Requests that were ever sent. */
    private static final int BEGUN = COMPLETION_RATE + CHUNK * Double.BYTES;
    /** Since when an endpoint is there, and ready: {@link LifeColumns}. */
    private static final int LIFE_STATE = BEGUN + CHUNK * Long.BYTES;
    private static final int LIFE_JOINED = LIFE_STATE + CHUNK * Long.BYTES;
    private static final int LIFE_CHANGED = LIFE_JOINED + CHUNK * Long.BYTES;
    private static final int GAUGE_VALUES = LIFE_CHANGED + CHUNK * Long.BYTES;
    private static final int GAUGE_TIMES = GAUGE_VALUES + gauges() * CHUNK * Double.BYTES;

    /** Bytes of a chunk. */
    static final int CHUNK_BYTES = GAUGE_TIMES + gauges() * CHUNK * Long.BYTES;

    private ColumnLayout() {}

    static int gauges() {
        return Gauge.values().length;
    }

    /** Number of chunks for some slots. */
    static int chunks(int slots) {
        return (slots + CHUNK - 1) >> CHUNK_SHIFT;
    }

    static int chunk(int slot) {
        return slot >> CHUNK_SHIFT;
    }

    static int inFlightLocal(int slot) {
        return IN_FLIGHT_LOCAL + within(slot) * Long.BYTES;
    }

    static int pendingTokens(int slot) {
        return PENDING_TOKENS + within(slot) * Long.BYTES;
    }

    static int inFlightRemote(int slot) {
        return IN_FLIGHT_REMOTE + within(slot) * Integer.BYTES;
    }

    static int healthTold(int slot) {
        return HEALTH_TOLD + within(slot) * Long.BYTES;
    }

    static int healthOverload(int slot) {
        return HEALTH_OVERLOAD + within(slot) * Long.BYTES;
    }

    static int healthState(int slot) {
        return HEALTH_STATE + within(slot) * Long.BYTES;
    }

    static int healthSince(int slot) {
        return HEALTH_SINCE + within(slot) * Long.BYTES;
    }

    static int healthUntil(int slot) {
        return HEALTH_UNTIL + within(slot) * Long.BYTES;
    }

    static int pendingLoad(int slot) {
        return PENDING_LOAD + within(slot) * Long.BYTES;
    }

    static int pendingLoadRemote(int slot) {
        return PENDING_LOAD_REMOTE + within(slot) * Long.BYTES;
    }

    static int completed(int slot) {
        return COMPLETED + within(slot) * Long.BYTES;
    }

    static int completionRate(int slot) {
        return COMPLETION_RATE + within(slot) * Double.BYTES;
    }

    static int begun(int slot) {
        return BEGUN + within(slot) * Long.BYTES;
    }

    static int lifeState(int slot) {
        return LIFE_STATE + within(slot) * Long.BYTES;
    }

    static int lifeJoined(int slot) {
        return LIFE_JOINED + within(slot) * Long.BYTES;
    }

    static int lifeChanged(int slot) {
        return LIFE_CHANGED + within(slot) * Long.BYTES;
    }

    static int gaugeValue(int slot, Gauge gauge) {
        return GAUGE_VALUES + (number(gauge) * CHUNK + within(slot)) * Double.BYTES;
    }

    static int gaugeTime(int slot, Gauge gauge) {
        return GAUGE_TIMES + (number(gauge) * CHUNK + within(slot)) * Long.BYTES;
    }

    /** Number of a gauge among all. */
    @SuppressWarnings("EnumOrdinal") // columns are as many as gauges, and lie in their order
    static int number(Gauge gauge) {
        return gauge.ordinal();
    }

    /** Number of a slot within its chunk. */
    static int within(int slot) {
        return slot & (CHUNK - 1);
    }
}
