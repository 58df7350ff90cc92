package dev.penstock.server.relay;

import dev.penstock.server.body.ByteSink;
import dev.penstock.server.body.JsonKind;
import dev.penstock.server.body.JsonVisitor;
import dev.penstock.server.body.JsonWalker;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Decides of each event of a stream, as early as its bytes allow, whether it is the one to drop: a single line of data
 * with an empty {@code choices} and a {@code usage} object. Confined to one event loop.
 *
 * <p>Told the payload in spans; after each, says which parts of it pass. An event that is undecided when the span ends
 * is for the caller to hold back.
 */
final class UsageEventGate implements ByteSink {
    /** The longest event that is held back; what is longer is not the one. */
    static final int MAX_HELD = 16_384;

    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);

    /** Where in an event the next byte is. */
    private enum At { PREFIX, JSON, END, PASSING }

    private final Candidate candidate = new Candidate();
    private At at = At.PREFIX;
    private int matched;
    /** Bytes of the undecided event so far, in all spans. */
    private int undecided;
    /** Whether the line that passes has no byte yet but a carriage return: a line feed then ends the event. */
    private boolean blankLine;
    private boolean carriageReturn;

    private int position;
    private int heldBefore;
    private int dropped;
    private boolean released;
    private int[] passing = new int[8];
    private int passingCount;

    void reset() {
        at = At.PREFIX;
        matched = 0;
        undecided = 0;
        dropped = 0;
    }

    /** Whether it stands between two events. */
    boolean idle() {
        return at == At.PREFIX && matched == 0;
    }

    /** Makes ready for a span whose first byte has this position. */
    void begin(int start) {
        position = start;
        heldBefore = undecided;
        released = false;
        passingCount = 0;
    }

    @Override
    public void accept(byte[] bytes, int from, int to) {
        int shift = position - from;
        int i = from;
        while (i < to) {
            i = switch (at) {
                case PREFIX -> prefix(bytes, i, shift);
                case JSON -> json(bytes, i, to, shift);
                case END -> end(bytes, i, shift);
                case PASSING -> passing(bytes, i, to, shift);
            };
        }
        position = to + shift;
    }

    /** Whether bytes that were held back go out before this span. */
    boolean released() {
        return released;
    }

    /** Whether nothing of before this span is undecided any more: it was released, or dropped. */
    boolean decidedHeld() {
        return heldBefore == 0;
    }

    /** How many bytes at the end of this span and before it are undecided. */
    int undecided() {
        return undecided;
    }

    /** How many events were dropped. */
    int dropped() {
        return dropped;
    }

    /** Number of parts of the span that pass. */
    int parts() {
        return passingCount;
    }

    int partStart(int part) {
        return passing[2 * part];
    }

    int partEnd(int part) {
        return passing[2 * part + 1];
    }

    private int prefix(byte[] bytes, int i, int shift) {
        if (bytes[i] != DATA[matched]) {
            pass(i + shift);
            return i;
        }
        undecided++;
        if (++matched == DATA.length) {
            candidate.begin();
            at = At.JSON;
        }
        return i + 1;
    }

    private int json(byte[] bytes, int from, int to, int shift) {
        int lf = ByteSearch.lineFeed(bytes, from, to);
        int end = lf < 0 ? to : lf;
        candidate.walker.accept(bytes, from, end);
        if (candidate.walker.failed() || undecided + end - from > MAX_HELD) {
            pass(from + shift);
            return from;
        }
        undecided += end - from;
        if (lf < 0) {
            return end;
        }
        candidate.walker.finish();
        if (!candidate.isUsage()) {
            pass(lf + shift);
            return lf;
        }
        undecided++;
        carriageReturn = false;
        at = At.END;
        return lf + 1;
    }

    private int end(byte[] bytes, int i, int shift) {
        if (bytes[i] == '\n') {
            dropped++;
            beginEvent();
            return i + 1;
        }
        if (bytes[i] == '\r' && !carriageReturn) {
            carriageReturn = true;
            undecided++;
            return i + 1;
        }
        // A further line of the same event: not what engines send for usage.
        pass(i + shift);
        blankLine = true;
        return i;
    }

    private int passing(byte[] bytes, int from, int to, int shift) {
        int i = from;
        while (i < to) {
            byte b = bytes[i];
            if (b == '\n') {
                i++;
                if (blankLine) {
                    part(from + shift, i + shift);
                    beginEvent();
                    return i;
                }
                blankLine = true;
            } else {
                if (b != '\r') {
                    blankLine = false;
                    int lf = ByteSearch.lineFeed(bytes, i, to);
                    i = lf < 0 ? to : lf;
                } else {
                    i++;
                }
            }
        }
        part(from + shift, to + shift);
        return to;
    }

    /** The event is not the one: what is held of it goes out, and what follows. */
    private void pass(int next) {
        if (undecided > 0) {
            int inSpan = undecided;
            if (heldBefore > 0) {
                released = true;
                inSpan -= heldBefore;
                heldBefore = 0;
            }
            part(next - inSpan, next);
        }
        // No line is blank yet unless the event begins here.
        blankLine = undecided == 0;
        undecided = 0;
        at = At.PASSING;
    }

    private void beginEvent() {
        at = At.PREFIX;
        matched = 0;
        undecided = 0;
        heldBefore = 0;
    }

    private void part(int start, int end) {
        if (start == end) {
            return;
        }
        if (passingCount > 0 && passing[2 * passingCount - 1] == start) {
            passing[2 * passingCount - 1] = end;
            return;
        }
        if (2 * passingCount == passing.length) {
            passing = Arrays.copyOf(passing, 2 * passing.length);
        }
        passing[2 * passingCount] = start;
        passing[2 * passingCount + 1] = end;
        passingCount++;
    }

    /** Stops the walk of an event as soon as it cannot be the one. */
    private static final class Candidate implements JsonVisitor {
        private static final byte[] CHOICES = "choices".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] USAGE = "usage".getBytes(StandardCharsets.US_ASCII);
        private static final String ANOTHER = "another event";

        private final JsonWalker walker = new JsonWalker(this, 2);
        private boolean atChoices;
        private boolean atUsage;
        private boolean noChoices;
        private boolean usage;

        void begin() {
            walker.reset();
            atChoices = false;
            atUsage = false;
            noChoices = false;
            usage = false;
        }

        boolean isUsage() {
            return walker.complete() && noChoices && usage;
        }

        @Override
        public boolean wantsText(int depth) {
            return false;
        }

        @Override
        public void key(int depth, int start, int end) {
            if (depth != 1) {
                return;
            }
            atChoices = walker.textIs(CHOICES);
            atUsage = walker.textIs(USAGE);
        }

        @Override
        public void value(int depth, JsonKind kind, int start, int end) {
            // A choice, or a root, choices or usage that is neither array nor object.
            if (depth == 0 || (depth == 1 ? atChoices || atUsage : atChoices)) {
                walker.fail(ANOTHER, start);
            }
        }

        @Override
        public void open(int depth, JsonKind kind, int start) {
            boolean wrong = switch (depth) {
                case 0 -> kind != JsonKind.OBJECT;
                case 1 -> (atChoices && kind != JsonKind.ARRAY) || (atUsage && kind != JsonKind.OBJECT);
                default -> atChoices;
            };
            if (wrong) {
                walker.fail(ANOTHER, start);
            }
        }

        @Override
        public void close(int depth, JsonKind kind, int end, boolean empty) {
            if (depth != 1) {
                return;
            }
            noChoices |= atChoices;
            usage |= atUsage;
            atChoices = false;
            atUsage = false;
        }
    }
}
