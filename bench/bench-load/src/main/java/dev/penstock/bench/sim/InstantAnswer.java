package dev.penstock.bench.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The encoded bytes of an {@link InstantReply}, written again and again, and the clock of its streams: all streams of
 * an engine have the same pace, so the next chunk due is always at the head of one queue and one timer serves all.
 * Confined to the engine's event loop.
 */
final class InstantAnswer {
    private static final String MODEL_FIELDS = "\"created\":1700000000,\"model\":";

    private final EngineCore engine;
    private final long intervalNanos;
    private final List<ByteBuf> pieces = new ArrayList<>();
    private final ArrayDeque<Run> runs = new ArrayDeque<>();
    private boolean armed;

    /** One stream under way. */
    private static final class Run {
        private final ChannelHandlerContext context;
        private final Runnable done;
        private int next;
        private long dueNanos;

        private Run(ChannelHandlerContext context, Runnable done) {
            this.context = context;
            this.done = done;
        }
    }

    InstantAnswer(EngineCore engine, InstantReply reply) {
        this.engine = engine;
        switch (reply) {
            case InstantReply.Body(int bytes) -> {
                intervalNanos = 0;
                String body = body(bytes);
                pieces.add(encode(head("content-length: " + body.length() + "\r\ncontent-type: application/json\r\n")
                        + body));
            }
            case InstantReply.Stream(int chunks, var interval) -> {
                intervalNanos = interval.toNanos();
                encodeStream(chunks);
            }
        }
    }

    void release() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
    }

    /**
     * Writes the answer: at once if it is one piece, else piece by piece.
     *
     * @param done run after the last piece has been written
     * @return whether the answer is written already, but not flushed
     */
    boolean write(ChannelHandlerContext context, Runnable done) {
        if (intervalNanos == 0) {
            for (ByteBuf piece : pieces) {
                context.write(piece.retainedDuplicate(), context.voidPromise());
            }
            return true;
        }
        writeNext(new Run(context, done), System.nanoTime());
        return false;
    }

    private void writeNext(Run run, long now) {
        if (!run.context.channel().isActive() || pieces.isEmpty()) {
            return;
        }
        run.context.writeAndFlush(pieces.get(run.next++).retainedDuplicate(), run.context.voidPromise());
        if (run.next == pieces.size()) {
            run.done.run();
            return;
        }
        run.dueNanos = now + intervalNanos;
        runs.add(run);
        arm(now);
    }

    private void arm(long now) {
        Run first = runs.peek();
        if (!armed && first != null) {
            armed = true;
            engine.loop().schedule(this::timerFired, Math.max(0, first.dueNanos - now), TimeUnit.NANOSECONDS);
        }
    }

    private void timerFired() {
        armed = false;
        long now = System.nanoTime();
        for (Run run = runs.peek(); run != null && run.dueNanos - now <= 0; run = runs.peek()) {
            runs.remove();
            writeNext(run, now);
        }
        arm(now);
    }

    private String body(int bytes) {
        String before = "{\"id\":\"chatcmpl-instant\",\"object\":\"chat.completion\"," + MODEL_FIELDS
                + Json.quote(engine.settings().card().model())
                + ",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"[" + engine.name()
                + "] ";
        String after = "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":256,"
                + "\"completion_tokens\":64,\"total_tokens\":320}}";
        return before + "water ".repeat(bytes / 6 + 1).substring(0, Math.max(0, bytes - before.length()
                - after.length())) + after;
    }

    private void encodeStream(int chunks) {
        String before = "data: {\"id\":\"chatcmpl-instant\",\"object\":\"chat.completion.chunk\"," + MODEL_FIELDS
                + Json.quote(engine.settings().card().model()) + ",\"choices\":[{\"index\":0,\"delta\":{";
        for (int i = 1; i <= chunks; i++) {
            String delta = i == 1
                    ? "\"role\":\"assistant\",\"content\":\"[" + engine.name() + "]\""
                    : "\"content\":\" water\"";
            String event = before + delta + "},\"logprobs\":null,\"finish_reason\":"
                    + (i == chunks ? "\"stop\"" : "null") + "}]}\n\n";
            if (i == chunks) {
                event += "data: [DONE]\n\n";
            }
            String piece = Integer.toHexString(event.length()) + "\r\n" + event + "\r\n";
            if (i == 1) {
                piece = head("content-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n")
                        + piece;
            }
            if (i == chunks) {
                piece += "0\r\n\r\n";
            }
            pieces.add(encode(piece));
        }
    }

    private String head(String fields) {
        return "HTTP/1.1 200 OK\r\ndate: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))
                + "\r\nserver: uvicorn\r\n" + fields + "x-sim-engine: " + engine.name() + "\r\n"
                + engine.settings().http().keepAliveFields() + "\r\n";
    }

    private static ByteBuf encode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
    }
}
