package dev.penstock.bench.jmh;

import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** How long each benchmark is measured. */
enum Effort {
    /** Whether it runs at all: in this process, once. */
    SMOKE(0, 0, 1, 10),
    /** For a look. */
    QUICK(1, 3, 3, 300),
    /** For figures to be written down. */
    FULL(2, 5, 5, 1_000);

    private final int forks;
    private final int warmUps;
    private final int iterations;
    private final int millis;

    Effort(int forks, int warmUps, int iterations, int millis) {
        this.forks = forks;
        this.warmUps = warmUps;
        this.iterations = iterations;
        this.millis = millis;
    }

    void apply(ChainedOptionsBuilder options) {
        TimeValue time = TimeValue.milliseconds(millis);
        options.forks(forks).warmupIterations(warmUps).warmupTime(time).measurementIterations(iterations)
                .measurementTime(time);
    }
}
