package dev.penstock.server.body;

import java.util.Arrays;

/** Where in a body the texts for routing are: four numbers each: key, start, end, and 1 for a string. */
final class PromptSpans {
    static final int WIDTH = 4;
    /** A body of millions of tiny items must not make the notes larger than itself; what is beyond is not routed by. */
    private static final int MAX_SPANS = 16_384;
    private static final int[] NONE = {};

    private int[] spans = NONE;
    private int size;

    void clear() {
        size = 0;
        if (spans.length > 256 * WIDTH) {
            spans = NONE;
        }
    }

    void add(BodyKey key, int start, int end, boolean string) {
        if (size == MAX_SPANS * WIDTH) {
            return;
        }
        if (size == spans.length) {
            spans = Arrays.copyOf(spans, Math.max(8 * WIDTH, 2 * size));
        }
        spans[size] = key.index();
        spans[size + 1] = start;
        spans[size + 2] = end;
        spans[size + 3] = string ? 1 : 0;
        size += WIDTH;
    }

    int[] toArray() {
        return size == 0 ? NONE : Arrays.copyOf(spans, size);
    }
}
