package dev.penstock.server.body;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Edits of a body by offset. Every byte that no edit names is the original one. Immutable.
 *
 * <p>Nothing is parsed and written again: integers of 64 bits, unknown fields and white space stay as the client sent
 * them.
 */
public final class BodyPatch {
    /** The patch that changes nothing. */
    public static final BodyPatch NONE = new BodyPatch(List.of());

    /** Up to this length, copying costs less than a composite of slices. */
    private static final int COPY_LIMIT = 4096;

    private final List<Edit> edits;

    private BodyPatch(List<Edit> edits) {
        this.edits = edits;
    }

    /**
     * This patch and one more edit.
     *
     * @param offset where, counted in the original body; not before the end of the last edit
     * @param removeLength how many of the original bytes go
     * @param insert what comes in their place
     * @throws IllegalArgumentException if the edit is out of order or negative
     */
    public BodyPatch with(int offset, int removeLength, String insert) {
        return with(offset, removeLength, insert.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with an insertion that is bytes already, which are not to be changed afterwards. */
    public BodyPatch with(int offset, int removeLength, byte[] insert) {
        int floor = edits.isEmpty() ? 0 : edits.getLast().end();
        if (offset < floor || removeLength < 0) {
            throw new IllegalArgumentException("edit at " + offset + " for " + removeLength + " after " + floor);
        }
        List<Edit> more = new ArrayList<>(edits);
        more.add(new Edit(offset, removeLength, insert));
        return new BodyPatch(List.copyOf(more));
    }

    /**
     * The edit after which a body asks for usage in its stream. Changes nothing where it asks already, or where
     * {@code stream_options} is something that the engine will refuse.
     */
    public static BodyPatch includeUsage(BodyFacts facts) {
        int start = facts.start(BodyKey.STREAM_OPTIONS);
        return switch (facts.kind(BodyKey.STREAM_OPTIONS)) {
            case ABSENT -> NONE.with(facts.rootStart() + 1, 0,
                    "\"stream_options\":{\"include_usage\":true}" + (facts.rootEmpty() ? "" : ","));
            case NULL -> NONE.with(start, facts.end(BodyKey.STREAM_OPTIONS) - start, "{\"include_usage\":true}");
            case OBJECT -> switch (facts.includeUsage()) {
                case TRUE -> NONE;
                case ABSENT -> NONE.with(start + 1, 0,
                        "\"include_usage\":true" + (facts.empty(BodyKey.STREAM_OPTIONS) ? "" : ","));
                default -> NONE.with(facts.includeUsageStart(),
                        facts.includeUsageEnd() - facts.includeUsageStart(), "true");
            };
            default -> NONE;
        };
    }

    /**
     * The edit after which a body asks for another model.
     *
     * @param model its name
     * @throws IllegalArgumentException where the body names no model
     */
    public static BodyPatch model(BodyFacts facts, String model) {
        int start = facts.start(BodyKey.MODEL);
        if (start < 0) {
            throw new IllegalArgumentException("no model in the body");
        }
        return NONE.with(start, facts.end(BodyKey.MODEL) - start,
                JsonQuotes.append(new StringBuilder(model.length() + 2), model).toString());
    }

    /** The edits of both, which must not overlap. */
    public BodyPatch and(BodyPatch other) {
        if (edits.isEmpty() || other.edits.isEmpty()) {
            return edits.isEmpty() ? other : this;
        }
        List<Edit> all = new ArrayList<>(edits);
        all.addAll(other.edits);
        all.sort(Comparator.comparingInt((Edit edit) -> edit.offset));
        for (int i = 1; i < all.size(); i++) {
            if (all.get(i).offset < all.get(i - 1).end()) {
                throw new IllegalArgumentException("edits overlap at " + all.get(i).offset);
            }
        }
        return new BodyPatch(List.copyOf(all));
    }

    /** Whether nothing is changed. */
    public boolean isEmpty() {
        return edits.isEmpty();
    }

    /** By how many bytes the body grows; negative if it shrinks. */
    public int growth() {
        int growth = 0;
        for (Edit edit : edits) {
            growth += edit.insert.length - edit.removeLength;
        }
        return growth;
    }

    /**
     * The edited body, for the caller to release. It shares the bytes of the original, which is not changed, not
     * released, and may be patched again.
     *
     * @param body its readable bytes are the body
     * @throws IndexOutOfBoundsException if an edit reaches beyond the body
     */
    public ByteBuf apply(ByteBuf body, ByteBufAllocator allocator) {
        if (!edits.isEmpty() && edits.getLast().end() > body.readableBytes()) {
            throw new IndexOutOfBoundsException("edit ends at " + edits.getLast().end() + " of "
                    + body.readableBytes());
        }
        if (edits.isEmpty()) {
            return body.retainedSlice();
        }
        return body.readableBytes() <= COPY_LIMIT ? copy(body, allocator) : compose(body, allocator);
    }

    private ByteBuf copy(ByteBuf body, ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(body.readableBytes() + growth());
        int at = 0;
        for (Edit edit : edits) {
            out.writeBytes(body, body.readerIndex() + at, edit.offset - at);
            out.writeBytes(edit.insert);
            at = edit.end();
        }
        return out.writeBytes(body, body.readerIndex() + at, body.readableBytes() - at);
    }

    private ByteBuf compose(ByteBuf body, ByteBufAllocator allocator) {
        CompositeByteBuf out = allocator.compositeBuffer(2 * edits.size() + 1);
        int at = 0;
        for (Edit edit : edits) {
            addSlice(out, body, at, edit.offset - at);
            if (edit.insert.length > 0) {
                out.addComponent(true, allocator.buffer(edit.insert.length).writeBytes(edit.insert));
            }
            at = edit.end();
        }
        addSlice(out, body, at, body.readableBytes() - at);
        return out;
    }

    private static void addSlice(CompositeByteBuf out, ByteBuf body, int offset, int length) {
        if (length > 0) {
            out.addComponent(true, body.retainedSlice(body.readerIndex() + offset, length));
        }
    }

    private static final class Edit {
        private final int offset;
        private final int removeLength;
        private final byte[] insert;

        Edit(int offset, int removeLength, byte[] insert) {
            this.offset = offset;
            this.removeLength = removeLength;
            this.insert = insert;
        }

        int end() {
            return offset + removeLength;
        }
    }
}
