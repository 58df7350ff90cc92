package dev.penstock.server.relay;

import dev.penstock.server.body.ByteSink;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.spi.Usage;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Peeks at the payload of a response for usage and the id; never alters it. Confined to one event loop; reused for one
 * response after the other.
 *
 * <p>Of a stream of events, what was read is searched for the key of usage; only a line that may hold it is parsed.
 * Lines are put together across reads, where a read does not end with an event. What cannot be read is counted, and is
 * the client's to see as it came.
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

    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OBJECT = {'{'};
    /** How far from the end of an answer its usage is looked for first. */
    private static final int TAIL = 1024;

    private final ScanScratch scratch;
    private final UsageVisitor found = new UsageVisitor();
    private final EventLines lines = new EventLines(new DataLines());
    private final ByteSink tail = this::readTail;
    private final ByteSink events = this::events;
    private Mode mode = Mode.OFF;
    private boolean wantId;
    private long wholeLength;
    private boolean tailRead;
    private long promptTokens = -1;
    private long completionTokens = -1;
    private boolean usageSeen;
    private boolean plain;
    private @Nullable String responseId;
    private int broken;

    /** A scanner that is off. */
    public UsageScanner(ScanScratch scratch) {
        this.scratch = scratch;
    }

    /**
     * Makes ready for the next response, of unknown length.
     *
     * @param id whether the id of the response is asked for
     */
    public void reset(Mode payload, boolean id) {
        reset(payload, id, -1);
    }

    /**
     * Makes ready for the next response.
     *
     * @param id whether the id of the response is asked for
     * @param length bytes of the whole payload; -1 where that is not known
     */
    public void reset(Mode payload, boolean id, long length) {
        mode = payload;
        wantId = id;
        wholeLength = length;
        tailRead = false;
        promptTokens = -1;
        completionTokens = -1;
        usageSeen = false;
        plain = true;
        responseId = null;
        broken = 0;
        lines.reset();
        found.wantId = id;
        found.begin();
    }

    @Override
    public void payload(ByteBuf buffer, int index, int length) {
        switch (mode) {
            case SSE -> scratch.feed(buffer, index, length, events);
            case JSON -> json(buffer, index, length);
            case OFF -> { }
        }
    }

    /** One look for most: whole events without usage need not be taken apart. */
    private void events(byte[] bytes, int from, int to) {
        if (lines.between() && !(wantId && responseId == null) && EventLines.endsEvent(bytes, from, to)
                && !ByteSearch.tellsUsage(bytes, from, to)) {
            return;
        }
        plain = false;
        lines.accept(bytes, from, to);
    }

    private void json(ByteBuf buffer, int index, int length) {
        if (length == wholeLength && !wantId) {
            int count = Math.min(length, TAIL);
            scratch.feed(buffer, index + length - count, count, tail);
        }
        if (!tailRead) {
            scratch.feed(buffer, index, length, found.walker);
        }
    }

    /**
     * Reads usage from the end of an answer, which is where it stands, if nothing but members of the outermost object
     * follow it: what is behind the key then closes one object, and ends. In JSON a quote inside a string is escaped,
     * so the key cannot be part of a text; whether the part before it is JSON at all is the client's to see. Anything
     * else is left to a walk over the whole.
     */
    private void readTail(byte[] bytes, int from, int to) {
        int at = ByteSearch.lastUsage(bytes, from, to);
        if (at < 0) {
            return;
        }
        found.walker.accept(OBJECT, 0, OBJECT.length);
        found.walker.accept(bytes, at, to);
        if (found.walker.complete() && found.usage) {
            tailRead = true;
        } else {
            found.begin();
        }
    }

    /** Tells that the payload is whole, or that no more of it comes. */
    public void finish() {
        switch (mode) {
            case SSE -> lines.finish();
            case JSON -> endOfJson(found.walker.consumed() > 0);
            case OFF -> { }
        }
        mode = Mode.OFF;
    }

    /** Whether usage was seen. */
    public boolean usageSeen() {
        return usageSeen;
    }

    /** What the pod counted; of several reports the last known number of each. */
    public Usage usage() {
        return usageSeen ? new Usage(promptTokens, completionTokens) : Usage.UNKNOWN;
    }

    /** Whether the payload since the last call ended with an event, and told no usage; in streams of events only. */
    boolean takePlain() {
        boolean was = plain;
        plain = true;
        return was;
    }

    /** The id of the response, or null where none was seen or asked for. */
    public @Nullable String responseId() {
        return responseId;
    }

    /** How many lines or bodies should have told usage and could not be read. */
    public int broken() {
        return broken;
    }

    private void line(byte[] bytes, int from, int to) {
        int end = to > from && bytes[to - 1] == '\r' ? to - 1 : to;
        if (!startsWith(bytes, from, end, DATA)) {
            return;
        }
        int at = from + DATA.length;
        boolean usage = ByteSearch.tellsUsage(bytes, at, end);
        if (usage || (wantId && responseId == null)) {
            found.begin();
            found.walker.accept(bytes, at, end);
            endOfJson(usage);
        }
    }

    /** Takes over what the value told, if it is whole. */
    private void endOfJson(boolean usageExpected) {
        found.walker.finish();
        if (!found.walker.complete()) {
            broken += usageExpected ? 1 : 0;
            return;
        }
        if (found.id != null && responseId == null) {
            responseId = found.id;
        }
        if (found.usage) {
            usageSeen = true;
            promptTokens = found.prompt >= 0 ? found.prompt : promptTokens;
            completionTokens = found.completion >= 0 ? found.completion : completionTokens;
        }
    }

    private static boolean startsWith(byte[] bytes, int from, int to, byte[] text) {
        if (to - from < text.length) {
            return false;
        }
        for (int i = 0; i < text.length; i++) {
            if (bytes[from + i] != text[i]) {
                return false;
            }
        }
        return true;
    }

    /** Lines that are kept whole are searched before they are parsed; longer ones are parsed while they pass. */
    private final class DataLines implements LineSink {
        private boolean parsing;

        @Override
        public void line(byte[] bytes, int from, int to) {
            UsageScanner.this.line(bytes, from, to);
        }

        @Override
        public void beginLong(byte[] bytes, int from, int to) {
            parsing = startsWith(bytes, from, to, DATA);
            if (parsing) {
                found.begin();
                found.walker.accept(bytes, from + DATA.length, to);
            }
        }

        @Override
        public void part(byte[] bytes, int from, int to) {
            if (parsing) {
                found.walker.accept(bytes, from, to);
            }
        }

        @Override
        public void endOfLong() {
            if (parsing) {
                endOfJson(false);
            }
        }
    }
}
