package dev.penstock.cache.limits;

/**
 * Who is counted, and how much he may take in a minute. Immutable; any thread.
 *
 * @param name the user's name, or the id of a key with limits of its own
 * @param key whether it is a key
 * @param rpm requests a minute; 0 for any number
 * @param tpm tokens a minute; 0 for any number
 */
record UserLimits(String name, boolean key, long rpm, long tpm) {

    /** Whether there is nothing to count. */
    boolean none() {
        return rpm == 0 && tpm == 0;
    }

    /** As messages name him. */
    String told() {
        return (key ? "key: " : "user: ") + name;
    }
}
