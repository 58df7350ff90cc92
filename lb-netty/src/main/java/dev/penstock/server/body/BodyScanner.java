package dev.penstock.server.body;

import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Penstock needs out of a JSON request body, in one pass, while the body arrives. Confined to one event
 * loop; reused for one request after the other.
 *
 * <p>The grammar is RFC 8259's without leniency: what this accepts, every parser behind it reads the same way. A body
 * that is not JSON, or not UTF-8, or deeper than {@value JsonWalker#MAX_DEPTH} levels, is refused.
 */
public final class BodyScanner {
    private final ScanScratch scratch;
    private final BodyCollector collector = new BodyCollector();
    private final JsonWalker walker = collector.walker;

    /** A scanner ready for its first body. */
    public BodyScanner(ScanScratch scratch) {
        this.scratch = scratch;
    }

    /**
     * Makes ready for the next body.
     *
     * @param collectPrompt whether to note where the texts for routing are, for {@link PromptText}
     */
    public void reset(boolean collectPrompt) {
        collector.reset(collectPrompt);
        walker.reset();
    }

    /**
     * Scans the readable bytes of the next slice of the body; its reader index stays where it is.
     *
     * @return false once the body is known to be bad; {@link #violation()} says why
     */
    public boolean scan(ByteBuf slice) {
        if (!walker.failed()) {
            scratch.feed(slice, slice.readerIndex(), slice.readableBytes(), walker);
        }
        return !walker.failed();
    }

    /** Tells that the body is whole, and says why it is refused; null if it is not. */
    public @Nullable Violation finish() {
        walker.finish();
        return violation();
    }

    /** Why the body is refused, as far as it was scanned; null if nothing is wrong. */
    public @Nullable Violation violation() {
        if (!walker.failed()) {
            return null;
        }
        BodyKey ambiguous = collector.ambiguous;
        if (ambiguous != null) {
            return new Violation(ErrorCode.AMBIGUOUS_BODY, ErrorCode.AMBIGUOUS_BODY.message() + ": " + ambiguous.text(),
                    ambiguous.text());
        }
        return Violation.invalid(walker.failure() + " at byte " + walker.failureOffset(), null);
    }

    /**
     * What was found; only after {@link #finish()} returned null.
     *
     * @throws IllegalStateException if the body is not whole or was refused
     */
    public BodyFacts facts() {
        if (!walker.complete()) {
            throw new IllegalStateException("the body is not whole");
        }
        return new BodyFacts(collector, walker.consumed());
    }
}
