package dev.penstock.server.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.port.Metrics;
import dev.penstock.server.config.TlsSettings;
import dev.penstock.server.config.TlsSettings.ClientAuthentication;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contexts of the traffic port: replaced while connections use them, and gone with the last of those. */
@Timeout(30)
class ListenerTlsTest {
    @TempDir
    Path folder;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private TestPki pki;

    @BeforeEach
    void files() {
        pki = new TestPki(folder);
        pki.install("server", pki.issue("localhost"));
    }

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private ListenerTls open(SslProvider provider) {
        return new ListenerTls(new TlsSettings("server.pem", "server.key", "", ClientAuthentication.OFF, "TLSv1.2"),
                folder, Metrics.NONE, InstantSource.system(), provider);
    }

    /** Echoes. */
    private int listen(ListenerTls tls) {
        Channel listener = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Echo());
                    }
                }).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ctx.writeAndFlush(message, ctx.voidPromise());
        }
    }

    private SSLSocket connect(int port) throws IOException {
        SSLSocket socket = (SSLSocket) pki.context(null).getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(15_000);
        socket.startHandshake();
        return socket;
    }

    private static int echo(SSLSocket socket, int sent) throws IOException {
        socket.getOutputStream().write(sent);
        return socket.getInputStream().read();
    }

    private static boolean freed(SslContext context) {
        // The JDK's are not counted.
        return ReferenceCountUtil.refCnt(context) <= 0;
    }

    @ParameterizedTest
    @EnumSource(value = SslProvider.class, names = {"JDK", "OPENSSL_REFCNT"})
    void shouldReplaceAContextUnderARunningConnectionAndFreeItAfterwards(SslProvider provider) throws Exception {
        ListenerTls tls = open(provider);
        int port = listen(tls);
        SslContext first = tls.context().context();
        try (SSLSocket running = connect(port)) {
            assertThat(echo(running, 1)).isEqualTo(1);
            X509Bundle renewed = pki.install("server", pki.issue("localhost"));
            tls.look();
            assertThat(tls.context().context()).as("one look may have found half a change").isSameAs(first);
            tls.look();
            SslContext second = tls.context().context();
            assertThat(second).isNotSameAs(first);
            assertThat(echo(running, 2)).isEqualTo(2);
            try (SSLSocket next = connect(port)) {
                assertThat(next.getSession().getPeerCertificates()[0]).isEqualTo(renewed.getCertificate());
            }
            tls.close();
            assertThat(echo(running, 3)).isEqualTo(3);
        }
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        assertThat(freed(first)).isTrue();
        assertThat(freed(tls.context().context())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = SslProvider.class, names = {"JDK", "OPENSSL_REFCNT"})
    void shouldKeepTheLastGoodContextUntilTheFilesAreGoodAgain(SslProvider provider) throws Exception {
        try (ListenerTls tls = open(provider)) {
            SslContext first = tls.context().context();
            String key = Files.readString(folder.resolve("server.key"));
            pki.file("server.key", "nothing");
            tls.look();
            assertThat(tls.errors()).isEmpty();
            tls.look();
            assertThat(tls.errors()).singleElement().asString().contains("server.key: no key in it");
            Files.delete(folder.resolve("server.key"));
            tls.look();
            tls.look();
            assertThat(tls.errors()).singleElement().asString().endsWith("server.key: no such file");
            assertThat(tls.context().context()).isSameAs(first);
            pki.file("server.key", key);
            tls.look();
            tls.look();
            assertThat(tls.errors()).isEmpty();
        }
    }

    @Test
    void shouldPreferTheNativeProviderWhereItLoads() {
        assertThat(OpenSsl.isAvailable()).isTrue();
        assertThat(TlsContext.provider()).isEqualTo(SslProvider.OPENSSL_REFCNT);
    }

    @Test
    void shouldGiveNoHandlerOfAContextThatHasGone() {
        ListenerTls tls = open(SslProvider.OPENSSL_REFCNT);
        TlsContext context = tls.context();
        tls.close();
        tls.close();
        assertThat(context.newHandler(UnpooledByteBufAllocator.DEFAULT)).isNull();
    }
}
