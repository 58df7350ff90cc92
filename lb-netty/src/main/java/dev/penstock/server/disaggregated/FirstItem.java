package dev.penstock.server.disaggregated;

import dev.penstock.server.body.JsonKind;
import dev.penstock.server.body.JsonVisitor;
import dev.penstock.server.body.JsonWalker;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Looks for the first item of a JSON array. Used once; confined to one thread. */
final class FirstItem implements JsonVisitor {
    private int start = -1;
    private int end = -1;

    private FirstItem() {
    }

    /** The first item of an array that is known to be one, or null where it is empty. */
    static byte @Nullable [] of(byte[] array) {
        FirstItem item = new FirstItem();
        JsonWalker walker = new JsonWalker(item, 1);
        walker.reset();
        walker.accept(array, 0, array.length);
        return item.end < 0 ? null : Arrays.copyOfRange(array, item.start, item.end);
    }

    @Override
    public boolean wantsText(int depth) {
        return false;
    }

    @Override
    public void key(int depth, int from, int to) {
    }

    @Override
    public void value(int depth, JsonKind kind, int from, int to) {
        if (depth == 1 && end < 0) {
            start = from;
            end = to;
        }
    }

    @Override
    public void open(int depth, JsonKind kind, int from) {
        if (depth == 1 && end < 0) {
            start = from;
        }
    }

    @Override
    public void close(int depth, JsonKind kind, int to, boolean empty) {
        if (depth == 1 && end < 0) {
            end = to;
        }
    }
}
