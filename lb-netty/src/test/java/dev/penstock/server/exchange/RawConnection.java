package dev.penstock.server.exchange;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One end of a connection, driven by the test byte by byte. */
class RawConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 15_000;

    final Socket socket;
    private final InputStream in;

    RawConnection(Socket socket) {
        this.socket = socket;
        try {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RawConnection send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    RawConnection send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends until all is sent or the other end has closed. */
    void sendAll(byte[] first, byte[] second) {
        try {
            socket.getOutputStream().write(first);
            socket.getOutputStream().write(second);
        } catch (IOException e) {
            // The other end did not want all of it.
        }
    }

    /** Whether there is something to read. */
    boolean hasBytes() {
        try {
            return in.available() > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Up to and with a text. */
    String readUntil(String end) {
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith(end)) {
            text.append((char) readByte());
        }
        return text.toString();
    }

    String read(int count) {
        try {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length < count) {
                throw new EOFException("after " + new String(bytes, StandardCharsets.UTF_8));
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int readByte() {
        try {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("end of connection");
            }
            return b;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String readHead() {
        return readUntil("\r\n\r\n");
    }

    /** A head and its body, by Content-Length or chunks. */
    Message readMessage() {
        String head = readHead();
        Message message = new Message(head, "");
        String length = message.header("content-length");
        if (length != null) {
            return new Message(head, read(Integer.parseInt(length)));
        }
        return "chunked".equals(message.header("transfer-encoding")) ? new Message(head, readChunks()) : message;
    }

    private String readChunks() {
        StringBuilder body = new StringBuilder();
        while (true) {
            String chunk = readChunk();
            if (chunk.isEmpty()) {
                return body.toString();
            }
            body.append(chunk);
        }
    }

    String readChunk() {
        int size = Integer.parseInt(readUntil("\r\n").trim(), 16);
        String data = read(size);
        read(2);
        return data;
    }

    /** Everything up to the end of the connection, which may be a reset. */
    String readToEnd() {
        StringBuilder text = new StringBuilder();
        try {
            int b;
            while ((b = in.read()) >= 0) {
                text.append((char) b);
            }
        } catch (SocketException e) {
            // A reset is an end, too.
            text.append("<reset>");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A head and a body. */
    record Message(String head, String body) {
        String firstLine() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        @Nullable String header(String name) {
            for (String line : head.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                    return line.substring(name.length() + 1).trim();
                }
            }
            return null;
        }
    }
}
