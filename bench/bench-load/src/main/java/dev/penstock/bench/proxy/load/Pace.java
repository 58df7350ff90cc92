package dev.penstock.bench.proxy.load;

/** When requests are made. */
public enum Pace {
    /** Each connection always has one under way. */
    FULL,
    /** The same, each request over a new connection. */
    FRESH,
    /** {@value #LOW_RATE} a second, whatever comes back. */
    LOW,
    /** Half of what the slowest proxy of the run can take, whatever comes back. */
    HALF;

    /** Requests a second of {@link #LOW}. */
    public static final int LOW_RATE = 200;

    /** Whether requests are made by the clock, and not by answers. */
    public boolean clocked() {
        return this == LOW || this == HALF;
    }
}
