package dev.penstock.bench.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a simulating engine: frames requests, answers them one after the other in the order they came,
 * and notices at once when its client is gone. Confined to the engine's event loop.
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter implements EngineServer.Connection {
    private final EngineCore engine;
    private final EngineServer server;
    private final Endpoints endpoints;
    private final RequestFramer framer = new RequestFramer();
    private final ArrayDeque<SimRequest> pipelined = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Exchange current;
    private boolean serving;
    private long idleSinceNanos;

    ConnectionHandler(EngineCore engine, EngineServer server) {
        this.engine = engine;
        this.server = server;
        this.endpoints = new Endpoints(engine);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        server.opened(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            idleSinceNanos = 0;
            framer.feed(bytes);
            for (SimRequest request = framer.next(); request != null; request = framer.next()) {
                received(request);
            }
            if (framer.takeContinueOwed()) {
                ctx.writeAndFlush(Unpooled.wrappedBuffer(
                        "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            }
        } catch (IllegalArgumentException | ArithmeticException malformed) {
            Wire.closeAfter(ctx, ("HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n"
                    + "connection: close\r\ncontent-length: 30\r\n\r\nInvalid HTTP request received.")
                    .getBytes(StandardCharsets.US_ASCII));
        } finally {
            bytes.release();
        }
        serveNext();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        server.closed(this);
        // After a fault of ours nobody can say that the client went away.
        if (current == null || !current.broken()) {
            engine.counters().aborted().add(pipelined.size());
        }
        engine.counters().inFlight().add(-pipelined.size());
        pipelined.clear();
        if (current != null) {
            current.abort();
        }
    }

    /** A reset by the client shows up here; what it means is told by {@link #channelInactive}. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public boolean idleSince(long nanos) {
        return idleSinceNanos != 0 && idleSinceNanos - nanos <= 0;
    }

    @Override
    public void close(boolean reset) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        if (reset) {
            if (current != null) {
                current.breakOff();
            }
            Wire.reset(ctx);
        } else {
            ctx.close();
        }
    }

    private void received(SimRequest request) {
        pipelined.add(request);
        engine.capture().offer(request);
        engine.counters().begun();
    }

    private void serveNext() {
        if (serving) {
            return;
        }
        // A loop, not a recursion: whole answers of pipelined requests are often sent before start() returns.
        serving = true;
        try {
            while ((current == null || current.over()) && !pipelined.isEmpty()) {
                start(pipelined.remove());
            }
        } finally {
            serving = false;
        }
    }

    private void start(SimRequest request) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        Fault fault = null;
        try {
            fault = engine.faults().draw(request);
        } catch (ApiException unreadable) {
            Exchange exchange = new Exchange(ctx, request, engine, null, this::answered);
            current = exchange;
            exchange.json(unreadable.status(), unreadable.body(request.path()));
            return;
        }
        Exchange exchange = new Exchange(ctx, request, engine, fault, this::answered);
        current = exchange;
        if (fault == null) {
            endpoints.serve(exchange);
        } else {
            engine.counters().faulted().increment();
            serve(ctx, exchange, fault);
        }
    }

    private void serve(ChannelHandlerContext ctx, Exchange exchange, Fault fault) {
        switch (fault) {
            case Fault.Hang hang -> { }
            case Fault.Reset reset -> {
                exchange.breakOff();
                Wire.reset(ctx);
            }
            case Fault.Die(var outage) -> server.die(outage);
            case Fault.Refuse(var outage) -> {
                server.refuse(outage);
                endpoints.serve(exchange);
            }
            case Fault.Delay(var pause) -> ctx.executor().schedule(() -> {
                if (!exchange.over()) {
                    endpoints.serve(exchange);
                }
            }, pause.toNanos(), TimeUnit.NANOSECONDS);
            case Fault.Status(int code, int retryAfter) -> exchange.reply(code, "application/json",
                    ErrorBody.onDemand(exchange.request().path(), code).getBytes(StandardCharsets.UTF_8),
                    retryAfter < 0 ? "" : "retry-after: " + retryAfter + "\r\n");
            default -> endpoints.serve(exchange);
        }
    }

    private void answered() {
        idleSinceNanos = pipelined.isEmpty() ? System.nanoTime() : 0;
        InstantAnswer instant = server.instant();
        ChannelHandlerContext ctx = context;
        if (instant != null && ctx != null && pipelined.isEmpty() && framer.isEmpty()) {
            InstantHandler instantly = new InstantHandler(engine, server, instant);
            server.replaced(this, instantly);
            ctx.pipeline().replace(this, null, instantly);
            return;
        }
        serveNext();
    }
}
