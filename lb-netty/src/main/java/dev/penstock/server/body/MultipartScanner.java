package dev.penstock.server.body;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Finds the fields {@code model} and {@code stream} of a multipart body while it arrives. Confined to one event loop. */
public final class MultipartScanner {
    /** A scanner that {@link #reset} makes ready. */
    public MultipartScanner(ScanScratch scratch) {
    }

    /**
     * Makes ready for the next body.
     *
     * @param contentType the request's {@code Content-Type}, or null where it has none
     * @return why the request is refused already, or null
     */
    public @Nullable Violation reset(@Nullable String contentType) {
        throw new UnsupportedOperationException();
    }

    /** Scans the readable bytes of the next slice; false once the body is known to be bad. */
    public boolean scan(ByteBuf slice) {
        throw new UnsupportedOperationException();
    }

    /** Tells that the body is whole, and says why it is refused; null if it is not. */
    public @Nullable Violation finish() {
        throw new UnsupportedOperationException();
    }

    /** Why the body is refused, as far as it was scanned; null if nothing is wrong. */
    public @Nullable Violation violation() {
        throw new UnsupportedOperationException();
    }

    /** What was found; only after {@link #finish()} returned null. */
    public MultipartFacts facts() {
        throw new UnsupportedOperationException();
    }
}
