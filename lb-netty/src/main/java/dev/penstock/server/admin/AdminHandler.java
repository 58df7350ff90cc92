package dev.penstock.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One connection of the admin port. Confined to {@code lb-admin}. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = System.getLogger(AdminHandler.class.getName());

    private final AdminSite site;
    // What came while an answer was awaited; no more is read then.
    private final Queue<FullHttpRequest> waiting = new ArrayDeque<>();
    private boolean answering;

    AdminHandler(AdminSite site) {
        this.site = site;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (answering) {
            // Answers come in the order of the requests.
            waiting.add(request.retain());
        } else {
            answer(ctx, request);
        }
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean head = request.method().equals(HttpMethod.HEAD);
        // What follows a malformed head is not read any more.
        boolean keepAlive = HttpUtil.isKeepAlive(request) && !request.decoderResult().isFailure();
        CompletableFuture<AdminPage.Reply> reply = reply(request).toCompletableFuture();
        if (reply.isDone()) {
            write(ctx, reply.join(), head, keepAlive);
            return;
        }
        answering = true;
        ctx.channel().config().setAutoRead(false);
        reply.whenCompleteAsync((later, failure) -> {
            write(ctx, later, head, keepAlive);
            answering = false;
            ctx.channel().config().setAutoRead(true);
            answerWaiting(ctx);
        }, ctx.executor());
    }

    private void answerWaiting(ChannelHandlerContext ctx) {
        FullHttpRequest next;
        while (!answering && (next = waiting.poll()) != null) {
            try {
                answer(ctx, next);
            } finally {
                next.release();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
        ctx.fireChannelInactive();
    }

    private static void write(ChannelHandlerContext ctx, AdminPage.Reply reply, boolean head, boolean keepAlive) {
        ByteBuf body = ctx.alloc().buffer(reply.body().length).writeBytes(reply.body(), 0, head ? 0
                : reply.body().length);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(reply.status()), body);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
                .set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        if (!reply.allow().isEmpty()) {
            response.headers().set(HttpHeaderNames.ALLOW, reply.allow());
        }
        HttpUtil.setKeepAlive(response, keepAlive);
        var written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The answer, which does not fail. */
    private CompletionStage<AdminPage.Reply> reply(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return malformed();
        }
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        AdminSite.Request asked;
        try {
            String method = request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET.name() : request.method().name();
            asked = new AdminSite.Request(method, uri.path(), uri.rawPath(), uri.parameters(),
                    name -> request.headers().get(name), ByteBufUtil.getBytes(request.content()));
        } catch (IllegalArgumentException e) {
            return malformed();
        }
        CompletionStage<AdminPage.Reply> reply;
        try {
            reply = site.answer(asked);
        } catch (RuntimeException e) {
            reply = CompletableFuture.failedFuture(e);
        }
        return reply.exceptionally(failure -> {
            LOG.log(Level.WARNING, "page " + asked.path() + " failed", failure);
            return AdminPage.Reply.text(500, "failed; see the log");
        });
    }

    private static CompletionStage<AdminPage.Reply> malformed() {
        return CompletableFuture.completedFuture(AdminPage.Reply.text(400, "malformed request"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.log(Level.DEBUG, "admin connection failed", cause);
        }
        ctx.close();
    }
}
