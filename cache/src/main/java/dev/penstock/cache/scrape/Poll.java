package dev.penstock.cache.scrape;

import dev.penstock.spi.PodView;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A page of one endpoint that is asked for again and again, over a connection that is kept where the engine keeps it.
 * One request at a time; each has a deadline; after failures it is asked for less often. Confined to {@code lb-scrape}.
 */
final class Poll {

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST_DOUBLINGS = 10;

    private enum Phase { RESTING, NAMING, CONNECTING, ASKING }

    /**
     * What is asked for, and how often. Immutable.
     *
     * @param host IP address or host name, without brackets
     * @param port the port
     * @param path the path
     * @param intervalNanos time between two requests
     * @param timeoutNanos time for an answer
     */
    record Page(String host, int port, String path, long intervalNanos, long timeoutNanos) {}

    private final PollLoop loop;
    private final Page page;
    private final EngineAccess access;
    private final PageTaker taker;
    private final AnswerReader answer = new AnswerReader();
    private final @Nullable InetAddress literal;
    private PodView endpoint;

    private Phase phase = Phase.RESTING;
    private @Nullable Wire wire;
    private @Nullable SelectionKey key;
    private ByteBuffer request = ByteBuffer.allocate(0);
    private EngineAccess.@Nullable Tls tls;
    private @Nullable String authorization;
    private long plannedNanos;
    private long askedNanos;
    private int failures;
    private boolean reused;

    /** When {@link #due} is called; kept by the loop. */
    long wakeNanos;
    /** Tells polls apart. */
    final int number;

    Poll(PollLoop loop, PodView endpoint, Page page, EngineAccess access, PageTaker taker) {
        this.loop = loop;
        number = loop.nextNumber();
        this.endpoint = endpoint;
        this.page = page;
        this.access = access;
        this.taker = taker;
        literal = NameLookup.literal(page.host());
    }

    /** Begins, after a while, so that polls do not all come at once. */
    void begin(long afterNanos) {
        plannedNanos = loop.nanoTime() + afterNanos;
        loop.wakeAt(this, plannedNanos);
    }

    /** The same endpoint, as it is now. */
    void endpoint(PodView now) {
        endpoint = now;
    }

    /** Asks no more. */
    void close() {
        loop.forget(this);
        disconnect();
        phase = Phase.RESTING;
        taker.begin();
    }

    // ---- events

    /** It is time: for the next request, or to give up the one that is under way. */
    void due() {
        if (phase != Phase.RESTING) {
            fail(new Refusal(Refusal.Reason.TIMEOUT, "no answer within "
                    + TimeUnit.NANOSECONDS.toMillis(page.timeoutNanos()) + " ms"));
            return;
        }
        askedNanos = loop.nanoTime();
        EngineAccess.Access how = access.of(endpoint);
        taker.begin();
        tls = how.tls();
        loop.wakeAt(this, askedNanos + page.timeoutNanos());
        if (request.capacity() == 0 || !Objects.equals(authorization, how.authorization())) {
            authorization = how.authorization();
            request = ByteBuffer.wrap(head().getBytes(StandardCharsets.ISO_8859_1));
        }
        reused = wire != null;
        guarded(reused ? this::ask : this::connect);
    }

    /** The name of its host has been looked up. */
    void named() {
        if (phase == Phase.NAMING) {
            guarded(this::connect);
        }
    }

    /** Its channel is ready for something. */
    void ready() {
        guarded(this::channelReady);
    }

    private interface Step {
        void run() throws IOException;
    }

    private void guarded(Step step) {
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            // A RuntimeException is one of the network too: an address that cannot be connected to.
            broken(e instanceof SSLException ? Refusal.Reason.TLS : Refusal.Reason.UNREACHABLE,
                    e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void broken(Refusal.Reason reason, String detail) {
        disconnect();
        if (phase == Phase.RESTING) {
            return;
        }
        if (reused && !answer.begun()) {
            // Engines close connections that rest; nobody can know before.
            reused = false;
            guarded(this::connect);
            return;
        }
        fail(new Refusal(reason, detail));
    }

    // ---- the connection

    private void connect() throws IOException {
        InetAddress address = literal;
        if (address == null) {
            if (!loop.names().known(page.host(), loop.nanoTime())) {
                phase = Phase.NAMING;
                return;
            }
            address = loop.names().next(page.host());
        }
        phase = Phase.CONNECTING;
        if (address == null) {
            throw new IOException("no address of " + page.host() + " is known");
        }
        EngineAccess.Tls encrypts = tls;
        SocketChannel opened = SocketChannel.open();
        try {
            wire = new Wire(opened, encrypts == null ? null : encrypts.newEngine(page.host(), page.port()));
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        opened.configureBlocking(false);
        opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        boolean connected = opened.connect(new InetSocketAddress(address, page.port()));
        key = opened.register(loop.selector(), connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
        if (connected) {
            ask();
        }
    }

    private void disconnect() {
        Wire open = wire;
        wire = null;
        key = null;
        if (open != null) {
            try {
                open.channel().close();
            } catch (IOException e) {
                // it is gone one way or the other
            }
        }
    }

    private void ask() throws IOException {
        phase = Phase.ASKING;
        answer.begin();
        request.rewind();
        write();
    }

    private void write() throws IOException {
        Wire open = Objects.requireNonNull(wire);
        open.write(request);
        Objects.requireNonNull(key).interestOps(open.interest(request));
    }

    private void channelReady() throws IOException {
        Wire open = wire;
        SelectionKey events = key;
        if (open == null || events == null) {
            return;
        }
        if (events.isConnectable()) {
            open.channel().finishConnect();
            ask();
        } else if (events.isWritable()) {
            write();
        } else if (events.isReadable()) {
            read(open);
        }
    }

    private void read(Wire open) throws IOException {
        // One read for each event, so that an endpoint that never ends delays no other.
        byte[] bytes = loop.bytes();
        int count = open.read(bytes);
        if (phase != Phase.ASKING) {
            if (count != 0) {
                disconnect(); // it closes, or says what nobody has asked for
            }
            return;
        }
        if (count >= 0) {
            write();
        }
        if (count == 0) {
            return; // about the encryption only
        }
        if (count < 0 && !answer.begun()) {
            broken(Refusal.Reason.UNREACHABLE, "the connection ended without an answer");
            return;
        }
        AnswerReader.Progress progress =
                count < 0 ? answer.closed() : answer.read(bytes, 0, count, taker);
        switch (progress) {
            case MORE -> { }
            case DONE -> done();
            case REFUSED -> {
                Refusal refusal = answer.refusal() == null ? taker.refusal() : answer.refusal();
                fail(refusal == null ? new Refusal(Refusal.Reason.RESPONSE, "refused") : refusal);
            }
        }
    }

    // ---- the end of a request

    private void done() {
        Refusal refusal = taker.end(answer, askedNanos);
        if (refusal != null) {
            fail(refusal);
            return;
        }
        if (!answer.keepAlive()) {
            disconnect();
        }
        failures = 0;
        rest();
    }

    private void fail(Refusal refusal) {
        disconnect();
        taker.refused(refusal);
        failures++;
        rest();
    }

    /** Plans the next request, at the same place within the interval. */
    private void rest() {
        phase = Phase.RESTING;
        long interval = page.intervalNanos();
        long pause = interval << Math.clamp(failures - 1L, 0, MOST_DOUBLINGS);
        pause = Math.clamp(pause, interval, Math.max(interval, LONGEST_PAUSE_NANOS / interval * interval));
        plannedNanos += pause;
        long late = loop.nanoTime() - plannedNanos;
        if (late >= 0) {
            plannedNanos += (late / interval + 1) * interval;
        }
        loop.wakeAt(this, plannedNanos);
    }

    private String head() {
        String host = page.host().indexOf(':') >= 0 ? "[" + page.host() + "]" : page.host();
        return "GET " + page.path() + " HTTP/1.1\r\nHost: " + host + ":" + page.port()
                + "\r\nAccept: text/plain;version=0.0.4, application/json, */*;q=0.1\r\nUser-Agent: penstock\r\n"
                + (authorization == null ? "" : "Authorization: " + authorization + "\r\n") + "\r\n";
    }
}
