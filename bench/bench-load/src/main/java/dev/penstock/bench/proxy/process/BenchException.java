package dev.penstock.bench.proxy.process;

/** The benchmark cannot go on; the message alone tells its user what to do. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A failure explained by {@code message}. */
    public BenchException(String message) {
        super(message);
    }

    /** A failure explained by {@code message}, brought about by {@code cause}. */
    public BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
