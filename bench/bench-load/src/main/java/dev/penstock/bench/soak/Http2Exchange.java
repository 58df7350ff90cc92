package dev.penstock.bench.soak;

import dev.penstock.bench.soak.Call.Behavior;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The answer to one request over HTTP/2, as its client reads it: all at once, slowly, or not to its end. On the event
 * loop of its connection; the future may be waited for by any thread.
 */
final class Http2Exchange extends ChannelInboundHandlerAdapter {
    private final Call call;
    private final CompletableFuture<Http2End> end = new CompletableFuture<>();
    private final Map<String, String> headers = new TreeMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final long most;
    private final long pauseMillis;
    private int status;

    Http2Exchange(Call call) {
        this.call = call;
        this.most = call.behavior() instanceof Behavior.LeavesReading(int bytes, boolean reset) ? bytes
                : Long.MAX_VALUE;
        this.pauseMillis = call.behavior() instanceof Behavior.Slow(int millis) ? millis : 0;
    }

    /** How it ended, at some time. */
    CompletableFuture<Http2End> end() {
        return end;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            switch (message) {
                case Http2HeadersFrame head -> head(ctx, head);
                case Http2DataFrame data -> data(ctx, data);
                default -> malformed("a frame of type " + message.getClass().getSimpleName());
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (pauseMillis > 0 && !ctx.channel().config().isAutoRead()) {
            ctx.channel().eventLoop().schedule(ctx::read, pauseMillis, TimeUnit.MILLISECONDS);
        }
    }

    private void head(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        CharSequence code = frame.headers().status();
        if (status / 100 > 1) {
            if (!frame.isEndStream()) {
                malformed("a second head");
                return;
            }
        } else if (code == null) {
            malformed("a head without a status");
            return;
        } else {
            status = Integer.parseInt(code.toString());
            headers.clear();
            frame.headers().forEach(field -> headers.put(field.getKey().toString(), field.getValue().toString()));
        }
        if (frame.isEndStream()) {
            answered();
        } else {
            leaveAfter(ctx);
        }
    }

    private void data(ChannelHandlerContext ctx, Http2DataFrame frame) {
        if (status / 100 < 2) {
            malformed("a body before the head");
            return;
        }
        ByteBuf content = frame.content();
        byte[] bytes = new byte[content.readableBytes()];
        content.readBytes(bytes);
        body.writeBytes(bytes);
        if (frame.isEndStream()) {
            answered();
        } else {
            leaveAfter(ctx);
        }
    }

    private void answered() {
        String length = headers.get("content-length");
        if (length != null && !length.equals(Integer.toString(body.size()))) {
            malformed(body.size() + " bytes instead of " + length);
        } else {
            ended(Answer.Ending.COMPLETE, "");
        }
    }

    private void leaveAfter(ChannelHandlerContext ctx) {
        if (body.size() >= most && end.complete(new Http2End.Left())) {
            ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            // Only this one tells a client that the answer is broken, and not that all went well or was its own fault.
            ended(reset.errorCode() == Http2Error.INTERNAL_ERROR.code() ? Answer.Ending.RESET
                    : Answer.Ending.MALFORMED, "reset with " + Http2Error.valueOf(reset.errorCode()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended(Answer.Ending.CLOSED_EARLY, "");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        malformed(cause.toString());
    }

    /** Nothing more came for a long time. Any thread. */
    void silent() {
        ended(Answer.Ending.SILENT, "");
    }

    /** The request could not be sent. */
    void refused(Throwable cause) {
        ended(Answer.Ending.CLOSED_EARLY, cause.toString());
    }

    private void malformed(String detail) {
        ended(Answer.Ending.MALFORMED, detail);
    }

    private void ended(Answer.Ending ending, String detail) {
        Answer answer = new Answer(status, Map.copyOf(headers), body.toByteArray(), ending, detail);
        end.complete(new Http2End.Answered(answer));
    }

    @Override
    public String toString() {
        return "exchange of " + call.name();
    }
}
