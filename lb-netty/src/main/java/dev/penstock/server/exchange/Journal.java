package dev.penstock.server.exchange;

import dev.penstock.core.engine.StrategyExpression;
import dev.penstock.core.port.ApiKey;
import dev.penstock.server.accesslog.AccessLog;
import dev.penstock.server.accesslog.AccessRecord;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.config.TimingSettings.ServerTiming;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import io.netty.util.AsciiString;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whom to tell of requests: the access log, and the client that asks where the time went. Any thread. */
final class Journal {
    private static final AsciiString SERVER_TIMING = AsciiString.cached("server-timing");
    private static final String COMPLETED = "completed";
    private static final int SERVER_ERROR = 500;
    private static final int MICROS_OF_MILLI = 1_000;

    private final AccessLog log;
    private final ServerTiming header;

    Journal(AccessLog log, ServerTiming header) {
        this.log = log;
        this.header = header;
    }

    /**
     * A request has ended.
     *
     * @param reason what went wrong, or null
     */
    void ended(Exchange exchange, Usage usage, int status, @Nullable ErrorCode reason) {
        if (!log.wants(reason != null || status >= SERVER_ERROR, exchange.loop().random())) {
            return;
        }
        AccessRecord record = log.take();
        if (record == null) {
            return;
        }
        RequestHead head = exchange.head();
        Dispatch dispatch = exchange.dispatch();
        StrategyExpression strategy = dispatch.strategy();
        UpstreamLeg upstream = exchange.upstream();
        PrefillLeg prefill = upstream == null ? null : upstream.prefill();
        Timeline timeline = exchange.timeline();
        ApiKey key = exchange.key();
        ForwardingRules forwarding = exchange.loop().proxy().context().forwarding();
        record.client(OriginHeaders.client(head, exchange.client().peer(), forwarding), exchange.client().protocol())
                .key(key == null ? null : key.id(), key == null ? null : key.user())
                .request(exchange.id(), head.method(), head.target(), exchange.trace().traceId())
                .call(exchange.api(), dispatch.model(), strategy == null ? null : strategy.text(), dispatch.streams())
                .endpoint(upstream == null ? null : upstream.tried())
                .prefill(prefill == null ? null : prefill.endpoint(), prefill == null ? -1 : prefill.tookNanos())
                .bytes(exchange.intake().received() + timeline.readBytes(), timeline.writtenBytes())
                .end(status, reason == null ? COMPLETED : reason.label(), usage);
        timeline.tell(record);
        log.put(record);
    }

    /** Adds the header to an answer that begins now, where it is wanted. */
    void header(Exchange exchange, HeaderSink sink) {
        boolean wanted = header == ServerTiming.ALWAYS || (header == ServerTiming.ON_REQUEST
                && HeaderValues.isTrue(exchange.head().header(HeaderNames.TIMING)));
        if (!wanted) {
            return;
        }
        Timeline timeline = exchange.timeline();
        long now = exchange.loop().nanoTime();
        StringBuilder text = new StringBuilder(112);
        add(text, "queue", timeline.queueNanos());
        add(text, "routing", timeline.routingNanos());
        add(text, "connect", timeline.connectNanos());
        add(text, "pod", timeline.waitedNanos());
        add(text, "overhead", timeline.ownNanos(now));
        add(text, "total", now - timeline.arrivalNanos());
        sink.header(SERVER_TIMING, text);
    }

    /** In milliseconds, with three digits behind the point. */
    private static void add(StringBuilder text, String name, long nanos) {
        long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
        text.append(text.isEmpty() ? "" : ", ").append(name).append(";dur=").append(micros / MICROS_OF_MILLI)
                .append('.');
        String rest = Long.toString(micros % MICROS_OF_MILLI);
        text.repeat('0', 3 - rest.length()).append(rest);
    }
}
