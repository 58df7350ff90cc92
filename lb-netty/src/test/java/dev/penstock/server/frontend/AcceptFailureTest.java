package dev.penstock.server.frontend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the listener relies on where file descriptors run out: accepting pauses, and goes on by itself. */
@Timeout(30)
class AcceptFailureTest {
    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch failed = new CountDownLatch(1);
    private final CountDownLatch accepted = new CountDownLatch(1);

    /** Two attempts fail as they do without descriptors. */
    private final class Exhausted extends NioServerSocketChannel {
        @Override
        protected int doReadMessages(List<Object> buffer) throws Exception {
            if (attempts.incrementAndGet() <= 2) {
                failed.countDown();
                throw new IOException("Too many open files");
            }
            return super.doReadMessages(buffer);
        }
    }

    private final class Accepted extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            accepted.countDown();
            ctx.close();
        }
    }

    @Test
    void shouldPauseAndNotSpinWhereThereAreNoDescriptors() throws Exception {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel server = new ServerBootstrap().group(loop).channelFactory(Exhausted::new)
                    .childHandler(new Accepted()).bind(InetAddress.getLoopbackAddress(), 0).sync().channel();
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
                // Behind the failure on the same thread: from now on nothing is accepted, until a timer says so.
                boolean reading = loop.submit(() -> server.config().isAutoRead()).get();
                assertThat(reading).isFalse();
                assertThat(accepted.await(10, TimeUnit.SECONDS)).isTrue();
                assertThat(client.isConnected()).isTrue();
            }
            // One for each failure, the one that accepts, and at most one that finds nothing more.
            assertThat(attempts.get()).isBetween(3, 4);
            server.close().sync();
        } finally {
            loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }
}
