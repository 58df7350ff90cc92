package dev.penstock.server;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.config.Surroundings;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets the Java machine compile the path of a request before requests come: a second load balancer of the same classes,
 * in front of an engine that answers at once, both on loopback and for themselves; gone when done. Runs on
 * {@code lb-warm-up}.
 */
final class WarmUp implements AutoCloseable {

    private static final Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final int READ_TIMEOUT_MILLIS = 2_000;
    private static final String MODEL = "warm-up";
    private static final byte[] REQUEST = request();
    private static final byte[] ANSWER = answer();

    private final Thread thread;
    private volatile boolean stopped;

    private WarmUp(Penstock.Parts parts, int requests, @Nullable String strategy, Runnable done) {
        thread = Thread.ofPlatform().name("lb-warm-up").daemon().unstarted(() -> {
            try {
                run(parts, requests, strategy);
            } catch (IOException | RuntimeException e) {
                LOG.log(Level.WARNING, "warm-up ended early", e);
            } finally {
                done.run();
            }
        });
        thread.start();
    }

    /**
     * Begins.
     *
     * @param parts of the load balancer that is to be warm
     * @param requests how many requests
     * @param strategy the strategy that they are routed by; null for the fallback
     * @param done called at the end, however it came
     */
    static WarmUp begin(Penstock.Parts parts, int requests, @Nullable String strategy, Runnable done) {
        return new WarmUp(parts, requests, strategy, done);
    }

    @Override
    public void close() {
        stopped = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Penstock.Parts parts, int requests, @Nullable String strategy) throws IOException {
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("lb-warm-up-engine", true),
                NioIoHandler.newFactory());
        try {
            Channel engine = new ServerBootstrap().group(loop).channel(NioServerSocketChannel.class)
                    .childHandler(new EngineInitializer()).bind(InetAddress.getLoopbackAddress(), 0)
                    .syncUninterruptibly().channel();
            int port = ((InetSocketAddress) engine.localAddress()).getPort();
            Wiring balancer = Wiring.startAnother(parts(parts, port, strategy));
            try {
                send(balancer.port(), requests);
            } finally {
                balancer.close();
            }
        } finally {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static Penstock.Parts parts(Penstock.Parts like, int enginePort, @Nullable String strategy) {
        String yaml = "models: [{name: " + MODEL + ", endpoints: [\"127.0.0.1:" + enginePort + "\"]}]";
        Map<String, Source> flags = new LinkedHashMap<>();
        Map.of(ServerSettings.HOST.name(), "127.0.0.1", ServerSettings.PORT.name(), "0",
                ServerSettings.ADMIN_HOST.name(), "127.0.0.1", ServerSettings.ADMIN_PORT.name(), "0",
                ServerSettings.IO_THREADS.name(), "1", ServerSettings.WARM_UP.name(), "0",
                "cache.max-endpoints", "16", "figures.file", "none",
                "scrape.enabled", "false")
                .forEach((name, value) -> flags.put(name, new Source(value, "warm-up")));
        if (strategy != null) {
            flags.put(LiveSettings.STRATEGY.name(), new Source(strategy, "warm-up"));
        }
        return new Penstock.Parts(new Configuration.Sources(null, yaml, MODEL, Surroundings.NONE, flags,
                like.sources().known()), like.home(), like.providers(), like.admission(), Penstock.Ports.BOTH);
    }

    private void send(int port, int requests) throws IOException {
        NanoClock clock = NanoClock.SYSTEM;
        long start = clock.nanoTime();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_TIMEOUT_MILLIS);
            OutputStream out = socket.getOutputStream();
            AnswerReader in = new AnswerReader(new DataInputStream(socket.getInputStream()));
            for (int i = 0; i < requests && !stopped && clock.nanoTime() - start < MOST_NANOS; i++) {
                out.write(REQUEST);
                in.skipAnswer();
            }
        }
    }

    /** Skips answers that end where {@link #ANSWER} does. */
    private record AnswerReader(DataInputStream in) {

        private static final int LAST = '}';

        void skipAnswer() throws IOException {
            byte[] buffer = new byte[8192];
            int count;
            do {
                count = in.read(buffer);
                if (count < 0) {
                    throw new IOException("closed before the end of an answer");
                }
            } while (count == 0 || buffer[count - 1] != LAST);
        }
    }

    private static final class EngineInitializer extends ChannelInitializer<Channel> {

        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new HttpRequestDecoder(), new HttpObjectAggregator(1 << 16),
                    new SimpleChannelInboundHandler<FullHttpRequest>() {
                        @Override
                        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
                            ByteBuf answer = ctx.alloc().buffer(ANSWER.length).writeBytes(ANSWER);
                            ctx.writeAndFlush(answer);
                        }
                    });
        }
    }

    private static byte[] request() {
        String body = "{\"model\":\"" + MODEL + "\",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "warm ".repeat(180) + "\"}],\"max_tokens\":16}";
        return ("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] answer() {
        String body = "{\"id\":\"warm-up\",\"object\":\"chat.completion\",\"model\":\"" + MODEL
                + "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\""
                + "warm ".repeat(200)
                + "\"}}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}";
        return ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                + body).getBytes(StandardCharsets.US_ASCII);
    }
}
