package dev.penstock.bench.sim;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as an engine received it, byte for byte. Immutable by convention: nobody writes to the arrays. */
public final class SimRequest {
    /**
     * One header line.
     *
     * @param name  as sent
     * @param value as sent, without the white space around it
     */
    public record Header(String name, String value) { }

    private final String method;
    private final String target;
    private final String version;
    private final List<Header> headers;
    private final byte[] head;
    private final byte[] body;
    private final byte[] wire;

    SimRequest(RequestHead parsed, byte[] head, byte[] body, byte[] wire) {
        this.method = parsed.method();
        this.target = parsed.target();
        this.version = parsed.version();
        this.headers = parsed.headers();
        this.head = head;
        this.body = body;
        this.wire = wire;
    }

    /** Returns the method as sent. */
    public String method() {
        return method;
    }

    /** Returns the request target as sent, query included. */
    public String target() {
        return target;
    }

    /** Returns the target without its query and without a trailing slash. */
    public String path() {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** Returns the protocol version as sent, for example {@code HTTP/1.1}. */
    public String version() {
        return version;
    }

    /** Returns all header lines in the order they came. */
    public List<Header> headers() {
        return headers;
    }

    /** Returns the value of the first header of the name, in any case, or null. */
    public @Nullable String header(String name) {
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                return header.value();
            }
        }
        return null;
    }

    /** Returns the head as it came, with its closing empty line. */
    public byte[] head() {
        return head;
    }

    /** Returns the head as it came, as text. */
    public String headText() {
        return new String(head, StandardCharsets.ISO_8859_1);
    }

    /** Returns the body, chunked framing removed. */
    public byte[] body() {
        return body;
    }

    /** Returns the body as UTF-8 text. */
    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Returns every byte of the request as it came, head and framing included. */
    public byte[] wire() {
        return wire;
    }

    boolean keepsConnection() {
        String connection = header("connection");
        return version.equals("HTTP/1.1") && (connection == null || !connection.equalsIgnoreCase("close"));
    }

    @Override
    public String toString() {
        return method + " " + target + " (" + body.length + " bytes)";
    }
}
