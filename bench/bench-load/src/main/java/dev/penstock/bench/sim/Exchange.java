package dev.penstock.bench.sim;

import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer: a whole one, or a stream of events. It ends once: completed, aborted by the client, or
 * broken by a fault. Confined to the connection's event loop.
 */
final class Exchange {
    private static final int EVENTS_BEFORE_FAULT = 3;
    private static final int LENGTH_ERROR = 16;

    private final ChannelHandlerContext context;
    private final SimRequest request;
    private final EngineCore engine;
    private final @Nullable Fault fault;
    private final Runnable next;
    private Runnable stop = () -> { };
    private @Nullable Wire wire;
    private boolean chunked;
    private boolean over;
    private boolean broken;
    private boolean closing;
    private int events;

    /**
     * Makes the exchange of a request that has arrived whole.
     *
     * @param next run when the answer has been sent and the connection may serve another request
     */
    Exchange(ChannelHandlerContext context, SimRequest request, EngineCore engine, @Nullable Fault fault,
            Runnable next) {
        this.context = context;
        this.request = request;
        this.engine = engine;
        this.fault = fault;
        this.next = next;
        this.closing = !request.keepsConnection();
    }

    SimRequest request() {
        return request;
    }

    boolean over() {
        return over;
    }

    /** Returns whether a fault ended it. */
    boolean broken() {
        return broken;
    }

    /** Names what to stop when the client goes away or a fault ends the answer early. */
    void onStop(Runnable action) {
        stop = action;
    }

    void json(int status, String body) {
        reply(status, "application/json", body.getBytes(StandardCharsets.UTF_8), "");
    }

    void text(int status, String type, String body) {
        reply(status, type, body.getBytes(StandardCharsets.UTF_8), "");
    }

    /**
     * Answers whole.
     *
     * @param moreHeaders further header lines, each with its line end
     */
    void reply(int status, String type, byte[] body, String moreHeaders) {
        if (over) {
            return;
        }
        if (fault instanceof Fault.StreamError && status == 200) {
            String path = request.path();
            send(500, "application/json", ErrorBody.onDemand(path, 500).getBytes(StandardCharsets.UTF_8), "");
        } else {
            send(status, type, body, moreHeaders);
        }
    }

    private void send(int status, String type, byte[] body, String moreHeaders) {
        int announced = body.length;
        if (fault instanceof Fault.LengthTooLong) {
            announced += LENGTH_ERROR;
            closing = true;
        } else if (fault instanceof Fault.LengthTooShort) {
            announced /= 2;
        }
        String contentType = body.length == 0 ? "" : "content-type: " + type + "\r\n";
        Wire out = open(1);
        out.head(head(status, "content-length: " + announced + "\r\n" + contentType + moreHeaders));
        if (!request.method().equals("HEAD")) {
            int half = body.length / 2;
            // Two pieces, so that a fault in mid-body has a middle.
            out.body(Arrays.copyOf(body, half));
            out.body(Arrays.copyOfRange(body, half, body.length));
        }
        out.end(this::complete);
    }

    /** Sends the head of a stream of events at once. */
    void startStream() {
        if (over) {
            return;
        }
        chunked = request.version().equals("HTTP/1.1");
        closing |= !chunked;
        Wire out = open(EVENTS_BEFORE_FAULT);
        out.head(head(200, "content-type: text/event-stream; charset=utf-8\r\n"
                + (chunked ? "transfer-encoding: chunked\r\n" : "")));
        out.flush();
    }

    /** Sends one piece of a stream; nothing if the exchange is over. */
    void event(String text) {
        Wire out = wire;
        if (over || out == null) {
            return;
        }
        if (fault instanceof Fault.StreamError && events == EVENTS_BEFORE_FAULT) {
            piece(out, ErrorBody.event(request.path()));
            stop.run();
            endStream();
            return;
        }
        piece(out, text);
        events++;
    }

    void endStream() {
        Wire out = wire;
        if (over || out == null) {
            return;
        }
        if (chunked) {
            out.body("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.end(this::complete);
    }

    /** Ends the exchange because its client went away. */
    void abort() {
        if (!over) {
            over = true;
            engine.counters().aborted().increment();
            engine.counters().inFlight().decrement();
            stop.run();
        }
    }

    /** Ends the exchange because of a fault; the connection is the caller's to end. */
    void breakOff() {
        if (!over) {
            over = true;
            broken = true;
            engine.counters().inFlight().decrement();
            stop.run();
        }
    }

    private void complete() {
        if (over) {
            return;
        }
        over = true;
        engine.counters().completed().increment();
        engine.counters().inFlight().decrement();
        if (closing) {
            Wire.closeAfter(context, new byte[0]);
        } else {
            next.run();
        }
    }

    private Wire open(int wholeBodyPieces) {
        Wire opened = fault == null
                ? new Wire.Plain(context)
                : new FaultyWire(context, fault, wholeBodyPieces, this::breakOff);
        wire = opened;
        return opened;
    }

    private void piece(Wire out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (chunked) {
            int announced = bytes.length;
            if (events == 0 && fault instanceof Fault.LengthTooLong) {
                announced += LENGTH_ERROR;
            } else if (events == 0 && fault instanceof Fault.LengthTooShort) {
                announced /= 2;
            }
            bytes = (Integer.toHexString(announced) + "\r\n" + text + "\r\n").getBytes(StandardCharsets.UTF_8);
        }
        out.body(bytes);
        out.flush();
    }

    private byte[] head(int status, String fields) {
        StringBuilder head = new StringBuilder(256);
        if (fault instanceof Fault.BadHead) {
            head.append("HTTP/1.1 banana\r\nno header at all\r\n");
            closing = true;
        } else {
            head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
        }
        head.append("date: ").append(DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)))
                .append("\r\nserver: uvicorn\r\n").append(fields);
        String id = request.header("x-request-id");
        if (id != null) {
            head.append("x-request-id: ").append(id).append("\r\n");
        }
        head.append("x-sim-engine: ").append(engine.name()).append("\r\n");
        if (closing) {
            head.append("connection: close\r\n");
        } else {
            head.append(engine.settings().http().keepAliveFields());
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 422 -> "Unprocessable Entity";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 503 -> "Service Unavailable";
            default -> status < 500 ? "Client Error" : "Server Error";
        };
    }
}
