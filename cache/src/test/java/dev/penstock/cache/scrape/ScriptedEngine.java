package dev.penstock.cache.scrape;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** An engine on a free port of the loopback address that answers as a test says. Its threads end with it. */
final class ScriptedEngine implements AutoCloseable {

    /**
     * An answer.
     *
     * @param bytes all of it, head included
     * @param close whether the connection ends with it
     */
    record Reply(String bytes, boolean close) {

        /** A whole page. */
        static Reply page(String body) {
            return new Reply("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body, false);
        }

        /** Says nothing more, for ever. */
        static Reply nothing() {
            return new Reply("", false);
        }
    }

    private final ServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> heads = new ConcurrentLinkedQueue<>();
    private volatile Function<String, Reply> script;

    ScriptedEngine(Function<String, Reply> script) {
        this.script = script;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Connections so far. */
    int connections() {
        return connections.get();
    }

    /** Connections that stand now, as far as this side knows. */
    int standing() {
        return open.size();
    }

    /** The heads of requests so far. */
    ConcurrentLinkedQueue<String> heads() {
        return heads;
    }

    /** Answers otherwise from now on. */
    void script(Function<String, Reply> next) {
        script = next;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader reader = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            OutputStream out = socket.getOutputStream();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                StringBuilder head = new StringBuilder(line);
                for (String more = reader.readLine(); more != null && !more.isEmpty(); more = reader.readLine()) {
                    head.append('\n').append(more);
                }
                heads.add(head.toString());
                Reply reply = script.apply(line.substring(4, line.lastIndexOf(' ')));
                out.write(reply.bytes().getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                if (reply.close()) {
                    break;
                }
            }
        } catch (IOException e) {
            // the other side has left
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
