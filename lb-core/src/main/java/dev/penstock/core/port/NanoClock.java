package dev.penstock.core.port;

/** Tells the time. Any thread may ask. */
@FunctionalInterface
public interface NanoClock {

    /** The time of the machine. */
    NanoClock SYSTEM = System::nanoTime;

    /** Nanoseconds, monotonic, of an arbitrary origin. */
    long nanoTime();
}
