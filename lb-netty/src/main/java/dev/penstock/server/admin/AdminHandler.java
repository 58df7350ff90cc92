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

/** One connection of the admin port. Confined to {@code lb-admin}. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = System.getLogger(AdminHandler.class.getName());

    private final AdminSite site;

    AdminHandler(AdminSite site) {
        this.site = site;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        AdminPage.Reply reply = reply(request);
        boolean head = request.method().equals(HttpMethod.HEAD);
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
        // What follows a malformed head is not read any more.
        boolean keepAlive = HttpUtil.isKeepAlive(request) && !request.decoderResult().isFailure();
        HttpUtil.setKeepAlive(response, keepAlive);
        var written = ctx.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private AdminPage.Reply reply(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return AdminPage.Reply.text(400, "malformed request");
        }
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        AdminSite.Request asked;
        try {
            String method = request.method().equals(HttpMethod.HEAD) ? HttpMethod.GET.name() : request.method().name();
            asked = new AdminSite.Request(method, uri.path(), uri.rawPath(), uri.parameters(),
                    ByteBufUtil.getBytes(request.content()));
        } catch (IllegalArgumentException e) {
            return AdminPage.Reply.text(400, "malformed request");
        }
        try {
            return site.answer(asked);
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "page " + asked.path() + " failed", e);
            return AdminPage.Reply.text(500, "failed; see the log");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.log(Level.DEBUG, "admin connection failed", cause);
        }
        ctx.close();
    }
}
