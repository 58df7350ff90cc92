package dev.penstock.server.relay;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The head of a pod's answer: a view of what its {@link ResponseHeadParser} read, valid until that is reset. Confined
 * to one event loop; makes no object per header.
 */
public final class ResponseHead {
    /** Three numbers for each header: where its name starts and ends, and where its line ends, without CR LF. */
    static final int WIDTH = 3;
    static final int MAX_HEADERS = 256;

    byte[] bytes = new byte[512];
    int[] headers = new int[16 * WIDTH];
    long[] dropped = new long[MAX_HEADERS / Long.SIZE];
    int count;
    int reasonStart;
    int reasonEnd;

    int status;
    int minorVersion;
    Framing framing = Framing.NONE;
    long contentLength = -1;
    boolean keepAlive;
    int keepAliveTimeoutSeconds = -1;
    boolean eventStream;
    boolean json;
    boolean encoded;
    boolean retryAfter;
    boolean websocket;

    ResponseHead() {
    }

    /** The status: 200 to 599, or 101 where a WebSocket was asked for. */
    public int status() {
        return status;
    }

    /** Whether the connection is a WebSocket from the end of this head on. */
    public boolean switchesProtocols() {
        return status == 101;
    }

    /** 0 for HTTP/1.0, 1 for HTTP/1.1. */
    public int minorVersion() {
        return minorVersion;
    }

    /** How the end of the body is told. */
    public Framing framing() {
        return framing;
    }

    /** The value of {@code Content-Length}, or -1 where there is none or {@code Transfer-Encoding} overrides it. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether the connection may be used again once the body is complete. */
    public boolean keepAlive() {
        return keepAlive;
    }

    /** How long the pod keeps an idle connection by {@code Keep-Alive: timeout=}, in seconds; -1 if it does not say. */
    public int keepAliveTimeoutSeconds() {
        return keepAliveTimeoutSeconds;
    }

    /** Whether the content is {@code text/event-stream}. */
    public boolean eventStream() {
        return eventStream;
    }

    /** Whether the content is JSON. */
    public boolean json() {
        return json;
    }

    /** Whether the content is compressed: usage cannot be read from it. */
    public boolean encoded() {
        return encoded;
    }

    /** Whether there is a {@code Retry-After}. */
    public boolean retryAfter() {
        return retryAfter;
    }

    /** The value of the first header with this name, or null; makes a string, so not for every response. */
    public @Nullable String header(AsciiString name) {
        for (int i = 0; i < count; i++) {
            if (nameIs(i, name)) {
                int start = valueStart(i);
                return new AsciiString(bytes, start, valueEnd(i) - start, false).toString();
            }
        }
        return null;
    }

    boolean isDropped(int header) {
        return (dropped[header / Long.SIZE] & (1L << header)) != 0;
    }

    void drop(int header) {
        dropped[header / Long.SIZE] |= 1L << header;
    }

    int nameStart(int header) {
        return headers[header * WIDTH];
    }

    int nameEnd(int header) {
        return headers[header * WIDTH + 1];
    }

    int lineEnd(int header) {
        return headers[header * WIDTH + 2];
    }

    int valueStart(int header) {
        int at = nameEnd(header) + 1;
        int end = lineEnd(header);
        while (at < end && (bytes[at] == ' ' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    int valueEnd(int header) {
        int start = valueStart(header);
        int end = lineEnd(header);
        while (end > start && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return end;
    }

    boolean nameIs(int header, AsciiString name) {
        int start = nameStart(header);
        return nameEnd(header) - start == name.length() && Ascii.equalsIgnoreCase(bytes, start, name);
    }
}
