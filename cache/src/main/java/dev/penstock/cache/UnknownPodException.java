package dev.penstock.cache;

import java.io.Serial;

/** No pod of this name is in the fleet. */
public final class UnknownPodException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Without a stack trace: an expected answer. */
    public UnknownPodException(String namespace, String name) {
        super("pod does not exist in the cache: " + namespace + "/" + name, null, false, false);
    }
}
