package dev.penstock.cache;

import java.io.Serial;

/** No pod serves a model of this name. */
public final class UnknownModelException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    /** Without a stack trace: an expected answer. */
    public UnknownModelException(String model) {
        super("model does not exist in the cache: " + model, null, false, false);
    }
}
