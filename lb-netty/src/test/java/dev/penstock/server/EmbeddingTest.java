package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.logging.LogLevel;
import io.netty.handler.logging.LoggingHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A balancer behind somebody else's listener, on his event loops. */
@Timeout(60)
class EmbeddingTest {

    private final TestEngine engine = new TestEngine();
    private final List<EventLoopGroup> groups = new ArrayList<>();

    @AfterEach
    void close() {
        groups.forEach(group -> group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly());
        engine.close();
    }

    // By its name: that is looked up on the loop too.
    private Penstock.Builder builder() {
        return TestBalancer.builder()
                .config("inline", "models: [{name: m, endpoints: [\"localhost:" + engine.port() + "\"]}]")
                .setting("routing.on-loop", "first", "test");
    }

    private Penstock portless() {
        return builder().withoutTrafficPort().withoutAdminPort().start();
    }

    private Channel listen(Penstock penstock, IoHandlerFactory handlers, Class<? extends ServerChannel> type) {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, handlers);
        groups.add(loops);
        return new ServerBootstrap().group(loops).channel(type).childHandler(penstock.handler())
                .bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
    }

    private Channel nio(Penstock penstock) {
        return listen(penstock, NioIoHandler.newFactory(), NioServerSocketChannel.class);
    }

    private static int port(Channel listener) {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private static Socket connect(Channel listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(listener));
        socket.setSoTimeout(20_000);
        return socket;
    }

    @Test
    void shouldServeOnLoopsOfTheJdkWhateverItsOwnAre() throws IOException {
        try (Penstock penstock = portless()) {
            assertThat(RawChat.ask(port(nio(penstock)), "first")).startsWith("HTTP/1.1 200 ")
                    .endsWith("{\"id\":\"a\"}");
        }
    }

    @Test
    void shouldServeOnLoopsOfLinuxWhateverItsOwnAre() throws IOException {
        Assumptions.assumeTrue(Epoll.isAvailable());
        try (Penstock penstock = builder().setting("io.transport", "nio", "test").withoutTrafficPort()
                .withoutAdminPort().start()) {
            Channel listener = listen(penstock, EpollIoHandler.newFactory(), EpollServerSocketChannel.class);

            assertThat(RawChat.ask(port(listener), "first")).startsWith("HTTP/1.1 200 ").endsWith("{\"id\":\"a\"}");
        }
    }

    @Test
    void shouldServeBesideItsOwnPortAndInAPipeline() throws IOException {
        try (Penstock penstock = builder().start()) {
            EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
            groups.add(loops);
            Channel listener = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
                    .childHandler(new ChannelInitializer<>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            channel.pipeline().addLast(new LoggingHandler(LogLevel.TRACE), penstock.handler());
                        }
                    }).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();

            for (int i = 0; i < 4; i++) {
                assertThat(RawChat.ask(port(listener), "first")).startsWith("HTTP/1.1 200 ");
                assertThat(RawChat.ask(penstock.port(), "first")).startsWith("HTTP/1.1 200 ");
            }
            assertThat(penstock.openRequests()).isZero();
        }
    }

    @Test
    void shouldRouteOnTheLoopThatHasTheRequest() throws Exception {
        try (Penstock penstock = builder().withoutTrafficPort().start()) {
            int port = port(nio(penstock));
            for (int i = 0; i < 10; i++) {
                RawChat.ask(port, "first");
            }

            String metrics;
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), penstock.adminPort())) {
                socket.getOutputStream().write("GET /metrics HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
                metrics = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
            assertThat(metrics).contains("penstock_router_served_total{shard=\"0\",thread=\"loop\"} 10.0");
        }
    }

    @Test
    void shouldOpenNoPorts() {
        try (Penstock penstock = portless()) {
            assertThatThrownBy(penstock::port).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(penstock::adminPort).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void shouldCloseConnectionsThatHaveNothingToAsk() throws IOException {
        Penstock penstock = portless();
        Channel listener = nio(penstock);
        try (Socket socket = connect(listener)) {
            socket.getOutputStream().write("GET /v1/models HTTP/1.1\r\nHost: test\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo('H');

            penstock.close();

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).endsWith("}");
        }
        assertThat(groups.getFirst().isShuttingDown()).isFalse();
    }

    @Test
    void shouldLetARequestEndBeforeItCloses() throws Exception {
        Penstock penstock = builder().setting("shutdown.grace", "40s", "test").withoutTrafficPort().start();
        Channel listener = nio(penstock);
        try (Socket socket = connect(listener)) {
            RawChat.send(socket, TestBalancer.STREAM, "first");
            assertThat(socket.getInputStream().read()).isEqualTo('H');

            CompletableFuture<Void> closing = CompletableFuture.runAsync(penstock::close);
            assertThat(closing).isNotDone();
            engine.goOn.countDown();

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains("[DONE]");
            closing.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldCloseWhatComesAfterItsEnd() throws IOException {
        Penstock penstock = portless();
        Channel listener = nio(penstock);
        RawChat.ask(port(listener), "first");
        penstock.close();

        try (Socket socket = connect(listener)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void shouldForgetLoopsThatHaveEnded() throws IOException {
        try (Penstock penstock = portless()) {
            Channel first = nio(penstock);
            RawChat.ask(port(first), "first");
            first.close().syncUninterruptibly();
            groups.removeFirst().shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();

            assertThat(RawChat.ask(port(nio(penstock)), "first")).startsWith("HTTP/1.1 200 ");
            assertThat(penstock.openRequests()).isZero();
        }
    }

    @Test
    void shouldCloseAChannelWhoseLoopIsOfNoKindThatItKnows() {
        try (Penstock penstock = portless()) {
            EmbeddedChannel channel = new EmbeddedChannel(penstock.handler());

            assertThat(channel.isOpen()).isFalse();
        }
    }
}
