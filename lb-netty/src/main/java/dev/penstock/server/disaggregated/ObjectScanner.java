package dev.penstock.server.disaggregated;

import dev.penstock.server.body.JsonKind;
import dev.penstock.server.body.JsonVisitor;
import dev.penstock.server.body.JsonWalker;
import dev.penstock.server.body.ScanScratch;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds members of a JSON object by their keys. Confined to one event loop; reused for one text after the other.
 *
 * <p>A key that is asked for and appears twice, or is written with an escape, makes the object ambiguous: which of two
 * values an engine would take cannot be known.
 */
public final class ObjectScanner implements JsonVisitor {
    private final ScanScratch scratch;
    private final JsonWalker walker = new JsonWalker(this, 1);
    private final List<ScannedObject.Member> members = new ArrayList<>();
    private List<String> keys = List.of();
    private @Nullable String current;
    private @Nullable String ambiguous;
    private int start;
    private int count;
    private int keyStart;
    private int valueStart;
    private int previousEnd;
    private int lastEnd;

    /** A scanner ready for its first text. */
    public ObjectScanner(ScanScratch scratch) {
        this.scratch = scratch;
    }

    /**
     * Scans a text, the readable bytes of a buffer.
     *
     * @param wanted the keys to look for
     * @return null where the text is no JSON object, or is {@link #ambiguous}
     */
    @Nullable ScannedObject scan(ByteBuf text, List<String> wanted) {
        keys = wanted;
        members.clear();
        current = null;
        ambiguous = null;
        count = 0;
        lastEnd = -1;
        walker.reset();
        scratch.feed(text, text.readerIndex(), text.readableBytes(), walker);
        walker.finish();
        return walker.complete() ? new ScannedObject(start, count, List.copyOf(members)) : null;
    }

    /** The key for which the last text was refused; null where that was for another reason. */
    @Nullable String ambiguous() {
        return ambiguous;
    }

    /** Why the last text was refused. */
    String failure() {
        return walker.failure() + " at byte " + walker.failureOffset();
    }

    @Override
    public boolean wantsText(int depth) {
        return false;
    }

    @Override
    public void key(int depth, int from, int to) {
        if (depth != 1) {
            return;
        }
        if (!members.isEmpty() && members.getLast().nextStart() < 0) {
            members.add(members.removeLast().followedBy(from));
        }
        count++;
        keyStart = from;
        previousEnd = lastEnd;
        current = wanted();
        if (current != null && (walker.textEscaped() || has(current))) {
            ambiguous = current;
            walker.fail("ambiguous key", from);
        }
    }

    private @Nullable String wanted() {
        byte[] text = walker.text();
        int length = walker.textLength();
        for (String key : keys) {
            if (key.length() <= length && is(key, text)
                    // What compares keys as C does stops at NUL, which only an escape can bring in.
                    && (key.length() == length || text[key.length()] == 0)) {
                return key;
            }
        }
        return null;
    }

    private static boolean is(String key, byte[] text) {
        for (int i = 0; i < key.length(); i++) {
            if (text[i] != key.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private boolean has(String key) {
        for (ScannedObject.Member member : members) {
            if (member.key().equals(key)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void value(int depth, JsonKind kind, int from, int to) {
        if (depth == 0) {
            walker.fail("expected an object", from);
        } else if (depth == 1) {
            member(kind, from, to);
        }
    }

    @Override
    public void open(int depth, JsonKind kind, int from) {
        if (depth == 0) {
            start = from;
            if (kind != JsonKind.OBJECT) {
                walker.fail("expected an object", from);
            }
        } else if (depth == 1) {
            valueStart = from;
        }
    }

    @Override
    public void close(int depth, JsonKind kind, int to, boolean empty) {
        if (depth == 1) {
            member(kind, valueStart, to);
        }
    }

    private void member(JsonKind kind, int from, int to) {
        if (current != null) {
            members.add(new ScannedObject.Member(current, kind, keyStart, from, to, previousEnd, -1));
        }
        lastEnd = to;
    }
}
