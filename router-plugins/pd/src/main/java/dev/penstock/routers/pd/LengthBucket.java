package dev.penstock.routers.pd;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which prompts a pod takes, as its profile says. Immutable.
 *
 * @param least fewest tokens of a prompt
 * @param most most tokens of a prompt
 * @param combined whether it computes prompts and generates answers alike
 */
record LengthBucket(long least, long most, boolean combined) {

    /** A pod whose profile says nothing takes all. */
    static final LengthBucket ANY = new LengthBucket(0, Long.MAX_VALUE, false);

    private static final String LEAST = "promptLenBucketMinLength";
    private static final String MOST = "promptLenBucketMaxLength";
    private static final String COMBINED = "combined";

    /** As the {@code routingConfig} of a profile says. */
    static LengthBucket of(Map<String, Object> config) {
        long most = number(config.get(MOST));
        return new LengthBucket(Math.max(0, number(config.get(LEAST))), most <= 0 ? Long.MAX_VALUE : most,
                Boolean.TRUE.equals(config.get(COMBINED)));
    }

    private static long number(@Nullable Object value) {
        return value instanceof Double number ? number.longValue() : 0;
    }

    /** Whether it takes a prompt; one that ends before it begins takes none. */
    boolean takes(long promptTokens) {
        return least <= promptTokens && promptTokens <= most;
    }
}
