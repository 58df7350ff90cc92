package dev.penstock.server.relay;

import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Peeks at the payload of a response for usage, the id, and the end of the stream; never alters it. Confined to one
 * event loop; reused.
 */
public final class UsageScanner implements PayloadSink {
    /** What the payload is. */
    public enum Mode {
        /** Not looked at. */
        OFF,
        /** One JSON value. */
        JSON,
        /** Server-sent events. */
        SSE
    }

    /** A scanner that is off. */
    public UsageScanner(ScanScratch scratch) {
    }

    /**
     * Makes ready for the next response.
     *
     * @param wantId whether the id of the response is asked for
     */
    public void reset(Mode mode, boolean wantId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void payload(ByteBuf buffer, int index, int length) {
        throw new UnsupportedOperationException();
    }

    /** Tells that the payload is whole. */
    public void finish() {
        throw new UnsupportedOperationException();
    }

    /** Whether usage was seen. */
    public boolean usageSeen() {
        throw new UnsupportedOperationException();
    }

    /** Tokens of the prompt; -1 where not told. */
    public long promptTokens() {
        throw new UnsupportedOperationException();
    }

    /** Tokens generated; -1 where not told. */
    public long completionTokens() {
        throw new UnsupportedOperationException();
    }

    /** Whether {@code data: [DONE]} was seen. */
    public boolean doneSeen() {
        throw new UnsupportedOperationException();
    }

    /** Whether the pod told an error inside the payload. */
    public boolean errorSeen() {
        throw new UnsupportedOperationException();
    }

    /** The id of the response, or null. */
    public @Nullable String responseId() {
        throw new UnsupportedOperationException();
    }

    /** Lines or bodies that should have told usage and could not be read. */
    public int broken() {
        throw new UnsupportedOperationException();
    }
}
