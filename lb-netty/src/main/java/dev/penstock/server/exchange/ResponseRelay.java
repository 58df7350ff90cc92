package dev.penstock.server.exchange;

import dev.penstock.server.relay.ErrorBody;
import dev.penstock.server.relay.Framing;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.relay.UsageChunkFilter;
import dev.penstock.server.relay.UsageScanner;
import dev.penstock.server.upstream.ChunkWriter;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;
import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a pod on its way to the client. Confined to the event loop of its exchange.
 *
 * <p>Where both sides frame alike, what goes on is the buffer that was read, chunk lines and all. Else the spans of
 * payload go on, and the client's side frames them.
 */
final class ResponseRelay implements PayloadSink {
    /** How much of a chunk that its pod left unfinished is filled up, so that an error can be told behind it. */
    private static final int MOST_FILLED = 16 * 1024;
    private static final AsciiString[] OVERRIDDEN = {HeaderNames.WENT_INTO, HeaderNames.REQUEST_ID,
            HeaderNames.ROUTING_STRATEGY, HeaderNames.TARGET_POD, HeaderNames.TARGET_POD_IP};

    private final Exchange exchange;
    private final LoopState loop;
    private final ClientStream client;
    private final UpstreamConnection connection;
    private final PodView endpoint;
    private @Nullable UsageScanner scanner;
    private @Nullable UsageChunkFilter filter;
    private int status;
    private boolean asRead;
    private Framing framing = Framing.NONE;
    private boolean events;
    private boolean paused;
    private boolean pinning;

    ResponseRelay(Exchange exchange, LoopState loop, UpstreamConnection connection, PodView endpoint) {
        this.exchange = exchange;
        this.loop = loop;
        this.client = exchange.client();
        this.connection = connection;
        this.endpoint = endpoint;
    }

    /** Begins the client's answer; who is to be told of the payload, or null. */
    @Nullable PayloadSink begin(ResponseHead head, UpstreamLeg added) {
        status = head.status();
        events = head.eventStream();
        boolean filtered = events && status / 100 == 2 && !head.encoded() && exchange.intake().usageInjected();
        framing = switch (head.framing()) {
            case NONE -> Framing.NONE;
            case LENGTH -> filtered ? Framing.UNTIL_CLOSE : Framing.LENGTH;
            case CHUNKED -> client.takesChunks() ? Framing.CHUNKED : Framing.UNTIL_CLOSE;
            case UNTIL_CLOSE -> Framing.UNTIL_CLOSE;
        };
        asRead = framing == head.framing();
        if (filtered) {
            UsageChunkFilter dropping = loop.usageFilters.take();
            dropping.reset(framing == Framing.CHUNKED);
            filter = dropping;
        }
        scan(head);
        client.begin(head, added, overridden(added.responseHeaders()), framing, head.contentLength());
        return asRead ? scanner : this;
    }

    private void scan(ResponseHead head) {
        UsageScanner.Mode mode = mode(head);
        if (mode != UsageScanner.Mode.OFF) {
            pinning = exchange.api() == Api.RESPONSES;
            UsageScanner reading = loop.usageScanners.take();
            reading.reset(mode, pinning, head.contentLength());
            scanner = reading;
        }
    }

    private UsageScanner.Mode mode(ResponseHead head) {
        Api api = exchange.api();
        // Pictures come inside JSON, by the megabyte, and tell no tokens.
        if (api == null || api == Api.IMAGES || api == Api.VIDEO || status / 100 != 2 || head.encoded()) {
            return UsageScanner.Mode.OFF;
        }
        if (events) {
            return UsageScanner.Mode.SSE;
        }
        return head.json() ? UsageScanner.Mode.JSON : UsageScanner.Mode.OFF;
    }

    /** The headers of a pod that ours take the place of, those of routers among them. */
    static AsciiString[] overridden(List<String> byRouters) {
        if (byRouters.isEmpty()) {
            return OVERRIDDEN;
        }
        AsciiString[] names = Arrays.copyOf(OVERRIDDEN, OVERRIDDEN.length + byRouters.size() / 2);
        for (int i = 0; i < byRouters.size(); i += 2) {
            names[OVERRIDDEN.length + i / 2] = AsciiString.of(byRouters.get(i));
        }
        return names;
    }

    /** The next bytes as read; with those that the client gets otherwise, {@link #payload} was told before. */
    void body(ByteBuf bytes, boolean last) {
        if (asRead) {
            write(bytes);
        } else {
            bytes.release();
        }
        if (pinning) {
            pin();
        }
        if (last) {
            finish();
            return;
        }
        exchange.progress();
        if (!paused && !client.writable()) {
            paused = true;
            connection.reading(false);
        }
    }

    @Override
    public void payload(ByteBuf buffer, int index, int length) {
        if (scanner != null) {
            scanner.payload(buffer, index, length);
        }
        UsageChunkFilter dropping = filter;
        ByteBuf out = dropping == null ? buffer.retainedSlice(index, length)
                : dropping.filter(buffer, index, length, client.alloc());
        writeOrRelease(out);
    }

    private void write(ByteBuf bytes) {
        UsageChunkFilter dropping = filter;
        if (dropping == null) {
            writeOrRelease(bytes);
            return;
        }
        ByteBuf out = dropping.filter(bytes, bytes.readerIndex(), bytes.readableBytes(), client.alloc());
        bytes.release();
        writeOrRelease(out);
    }

    private void writeOrRelease(ByteBuf bytes) {
        if (bytes.isReadable()) {
            exchange.timeline().wrote(bytes.readableBytes());
            client.write(bytes);
        } else {
            bytes.release();
        }
    }

    private void pin() {
        UsageScanner reading = scanner;
        String id = reading == null ? null : reading.responseId();
        if (id != null) {
            pinning = false;
            loop.proxy().context().pins().pin(id, endpoint);
        }
    }

    private void finish() {
        if (filter != null) {
            writeOrRelease(filter.finish(client.alloc()));
        }
        if (scanner != null) {
            scanner.finish();
            if (scanner.broken() > 0) {
                loop.proxy().metrics().brokenUsage();
            }
        }
        if (pinning) {
            pin();
        }
        exchange.completed(leave(), status);
    }

    void readComplete() {
        client.flush();
    }

    void clientWritable() {
        if (paused && client.writable()) {
            paused = false;
            exchange.progress();
            connection.reading(true);
        }
    }

    /** Writes the error behind what was sent of a stream, where the framing has room for it. */
    void tellError(ErrorCode code) {
        if (!events || framing == Framing.LENGTH || framing == Framing.NONE) {
            return;
        }
        ErrorBody shape = exchange.errorShape();
        ByteBuf event = client.alloc().ioBuffer(256);
        shape.writeEvent(event, code, code.message(), code.param());
        if (framing == Framing.UNTIL_CLOSE) {
            client.write(event);
            return;
        }
        long owed = filter != null && filter.betweenChunks() ? 0 : connection.chunkRemainder();
        if (owed < 0 || owed > MOST_FILLED) {
            event.release();
            return;
        }
        int size = event.readableBytes();
        ByteBuf chunk = client.alloc().ioBuffer((int) owed + size + 16);
        if (owed > 0) {
            for (int i = 0; i < owed; i++) {
                chunk.writeByte('\n');
            }
            chunk.writeByte('\r').writeByte('\n');
        }
        ChunkWriter.writeSize(chunk, size);
        chunk.writeBytes(event).writeByte('\r').writeByte('\n');
        event.release();
        client.write(chunk);
    }

    /** Gives back what it has borrowed; what usage the answer has told. */
    Usage leave() {
        UsageScanner reading = scanner;
        Usage usage = Usage.UNKNOWN;
        if (reading != null) {
            usage = reading.usageSeen() ? reading.usage() : Usage.UNKNOWN;
            scanner = null;
            loop.usageScanners.give(reading);
        }
        if (filter != null) {
            loop.usageFilters.give(filter);
            filter = null;
        }
        return usage;
    }
}
