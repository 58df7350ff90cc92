package dev.penstock.server.exchange;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client over HTTP/2 that sends what the test writes, frame by frame, right or wrong. */
final class RawHttp2 implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;
    static final String[] CHAT = {":method", "POST", ":scheme", "http", ":path", "/v1/chat/completions", ":authority",
        "test"};
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    final RawConnection connection;
    private final DefaultHttp2HeadersDecoder heads = new DefaultHttp2HeadersDecoder();

    RawHttp2(RawConnection connection) {
        this.connection = connection;
        connection.send(PREFACE);
        send(SETTINGS, 0, 0);
    }

    RawHttp2 send(int type, int flags, int stream, byte... payload) {
        connection.send(frame(type, flags, stream, payload));
        return this;
    }

    static byte[] frame(int type, int flags, int stream, byte... payload) {
        return ByteBuffer.allocate(9 + payload.length).put((byte) (payload.length >> 16))
                .putShort((short) payload.length).put((byte) type).put((byte) flags).putInt(stream).put(payload).array();
    }

    static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    RawHttp2 headers(int stream, int flags, String... fields) {
        return send(HEADERS, flags | END_HEADERS, stream, block(fields));
    }

    RawHttp2 data(int stream, int flags, String text) {
        return send(DATA, flags, stream, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Names and values in turn as literals that go into no table. */
    static byte[] block(String... fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            out.write(0);
            literal(out, fields[i]);
            literal(out, fields[i + 1]);
        }
        return out.toByteArray();
    }

    static void literal(ByteArrayOutputStream out, String text) {
        int left = text.length();
        if (left < 127) {
            out.write(left);
        } else {
            out.write(127);
            for (left -= 127; left >= 128; left >>= 7) {
                out.write((left & 127) | 128);
            }
            out.write(left);
        }
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Frame next() {
        int length = connection.readByte() << 16 | connection.readByte() << 8 | connection.readByte();
        int type = connection.readByte();
        int flags = connection.readByte();
        int stream = 0;
        for (int i = 0; i < 4; i++) {
            stream = stream << 8 | connection.readByte();
        }
        byte[] payload = new byte[length];
        for (int i = 0; i < length; i++) {
            payload[i] = (byte) connection.readByte();
        }
        return new Frame(type, flags, stream, ByteBuffer.wrap(payload));
    }

    /** The next frame of a type; those before it are skipped. */
    Frame next(int type) {
        while (true) {
            Frame frame = next();
            if (frame.type == type) {
                return frame;
            }
        }
    }

    /** The error with which the connection ends; what comes before is skipped, and so is a reset behind it. */
    int fatal() {
        int error = next(GOAWAY).payload.getInt(4);
        connection.readToEnd();
        return error;
    }

    /** The status of the answer on a stream, and its text. */
    Answer answer(int stream) {
        List<Frame> frames = new ArrayList<>();
        Frame frame;
        do {
            frame = next();
            if (frame.stream == stream) {
                frames.add(frame);
            }
        } while (frame.stream != stream || frame.type == WINDOW_UPDATE
                || (frame.type != RST_STREAM && (frame.flags & END_STREAM) == 0));
        Http2Headers head = null;
        StringBuilder body = new StringBuilder();
        int reset = -1;
        for (Frame one : frames) {
            switch (one.type) {
                case HEADERS -> head = decode(one);
                case DATA -> body.append(StandardCharsets.UTF_8.decode(one.payload));
                case RST_STREAM -> reset = one.number();
                default -> { }
            }
        }
        return new Answer(head == null ? 0 : Integer.parseInt(String.valueOf(head.status())), body.toString(), reset);
    }

    private Http2Headers decode(Frame frame) {
        try {
            return heads.decodeHeaders(frame.stream, Unpooled.wrappedBuffer(frame.payload));
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Sends until the other side has closed the connection. */
    void flood(byte[] frames, int times) {
        try {
            for (int i = 0; i < times; i++) {
                connection.send(frames);
            }
        } catch (UncheckedIOException e) {
            // It had enough.
            return;
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    /** A frame. */
    record Frame(int type, int flags, int stream, ByteBuffer payload) {
        int number() {
            return payload.getInt(0);
        }
    }

    /** An answer; the reset is -1 where it came to its end. */
    record Answer(int status, String body, int reset) {}
}
