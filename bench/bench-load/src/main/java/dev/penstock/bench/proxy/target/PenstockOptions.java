package dev.penstock.bench.proxy.target;

import java.util.List;

/**
 * What differs from the defaults in the Penstock that is measured.
 *
 * @param strategy the routing strategy
 * @param jvmOptions options of its JVM, after those of the distribution
 */
public record PenstockOptions(String strategy, List<String> jvmOptions) {
    /** Copies what is mutable. */
    public PenstockOptions {
        jvmOptions = List.copyOf(jvmOptions);
    }
}
