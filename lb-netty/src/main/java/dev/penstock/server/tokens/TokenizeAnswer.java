package dev.penstock.server.tokens;

import dev.penstock.server.body.JsonKind;
import dev.penstock.server.body.JsonVisitor;
import dev.penstock.server.body.JsonWalker;
import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads an engine's tokens while they arrive: {@code {"tokens": [1, 2, 3], …}}. Confined to one event loop. */
final class TokenizeAnswer implements JsonVisitor {

    /** More tokens than any engine's context has. */
    static final int MOST_TOKENS = 4 * 1024 * 1024;
    private static final byte[] TOKENS = "tokens".getBytes(StandardCharsets.US_ASCII);
    private static final int INTEREST = 2;

    private final JsonWalker walker = new JsonWalker(this, INTEREST);
    private final ScanScratch scratch;
    private int[] tokens = new int[256];
    private int count;
    private boolean atTokens;
    private boolean within;
    private boolean found;
    private boolean tooMany;

    TokenizeAnswer(ScanScratch scratch) {
        this.scratch = scratch;
        walker.reset();
    }

    /** Reads on; false once it is known that it cannot be read. */
    boolean read(ByteBuf buffer, int index, int length) {
        scratch.feed(buffer, index, length, walker);
        return !walker.failed();
    }

    /** The tokens of an answer that is whole; null where it has none. */
    int @Nullable [] tokens() {
        walker.finish();
        return walker.complete() && found ? Arrays.copyOf(tokens, count) : null;
    }

    /** Whether it was not read on because it has too many. */
    boolean tooMany() {
        return tooMany;
    }

    @Override
    public boolean wantsText(int depth) {
        return false;
    }

    @Override
    public void key(int depth, int start, int end) {
        if (depth == 1) {
            atTokens = walker.textIs(TOKENS);
        }
    }

    @Override
    public void value(int depth, JsonKind kind, int start, int end) {
        if (depth == 2 && within) {
            add(kind, start);
        }
    }

    private void add(JsonKind kind, int start) {
        long token = walker.integer();
        if (kind != JsonKind.INTEGER || token < 0 || token > Integer.MAX_VALUE) {
            walker.fail("no token", start);
            return;
        }
        if (count == MOST_TOKENS) {
            tooMany = true;
            walker.fail("too many tokens", start);
            return;
        }
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = (int) token;
    }

    @Override
    public void open(int depth, JsonKind kind, int start) {
        if (depth == 1 && atTokens) {
            within = kind == JsonKind.ARRAY && !found;
            if (!within) {
                walker.fail("no list of tokens", start);
            }
        } else if (depth == 2 && within) {
            walker.fail("no token", start);
        }
    }

    @Override
    public void close(int depth, JsonKind kind, int end, boolean empty) {
        if (depth == 1 && within) {
            within = false;
            atTokens = false;
            found = true;
        }
    }
}
