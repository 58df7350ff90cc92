package dev.penstock.server.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.Metrics;
import dev.penstock.server.relay.HeadBuilder;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.spi.PodView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An endpoint whose host is a name, and the connections to it when the name moves. */
@Timeout(30)
class NamedEndpointTest {
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = loops.next();
    private final AtomicLong now = new AtomicLong();
    private final Names names = new Names();
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private ServerSocket old;
    private ServerSocket moved;
    private UpstreamPool pool;
    private PodView endpoint;

    @BeforeEach
    void open() throws IOException {
        old = new ServerSocket(0, 8, InetAddress.getByName("127.0.0.1"));
        moved = new ServerSocket(old.getLocalPort(), 8, InetAddress.getByName("127.0.0.2"));
        endpoint = Pod.of(new PodIdentity("n", "pod", "uid"), "engine.test", old.getLocalPort(), 0, 0, "", "vllm", true,
                Map.of(), Map.of());
        pool = onLoop(() -> new UpstreamPool(loop, new UpstreamTransport(NioSocketChannel::new, names), now::get,
                new UpstreamMetrics(Metrics.NONE), new LoopFlush(loop), new HeadBuilder()));
    }

    @AfterEach
    void close() throws IOException {
        onLoop(() -> {
            pool.close();
            return true;
        });
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        old.close();
        moved.close();
    }

    private <T> T onLoop(Supplier<T> task) {
        return loop.submit(task::get).syncUninterruptibly().getNow();
    }

    private int idle() {
        Integer count = onLoop(() -> pool.idle());
        return count;
    }

    /** Sends a request, and answers it where it arrives. */
    private Socket request(ServerSocket at) throws Exception {
        onLoop(() -> new Client().start());
        Socket engine = at.accept();
        answer(engine);
        return engine;
    }

    private void answer(Socket engine) throws Exception {
        engine.setSoTimeout(15_000);
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            head.append((char) engine.getInputStream().read());
        }
        engine.getOutputStream().write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
                .getBytes(StandardCharsets.US_ASCII));
        assertThat(told.poll(15, TimeUnit.SECONDS)).isEqualTo("complete");
    }

    private void secondsLater(int seconds) {
        now.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        onLoop(() -> {
            pool.sweep();
            return true;
        });
    }

    @Test
    void shouldDropIdleConnectionsToAnAddressThatTheNameHasNoMore() throws Exception {
        names.addresses = List.of("127.0.0.1");
        try (Socket first = request(old)) {
            secondsLater(2);
            assertThat(idle()).isEqualTo(1);
            names.addresses = List.of("127.0.0.2");
            secondsLater(1);
            assertThat(idle()).isZero();
            assertThat(first.getInputStream().read()).isNegative();
        }
        request(moved).close();
    }

    @Test
    void shouldKeepConnectionsToAnyOfTheAddressesOfAName() throws Exception {
        names.addresses = List.of("127.0.0.1", "127.0.0.2");
        try (Socket first = request(old)) {
            secondsLater(2);
            names.addresses = List.of("127.0.0.2", "127.0.0.1");
            secondsLater(1);
            assertThat(idle()).isEqualTo(1);
            onLoop(() -> new Client().start());
            answer(first);
        }
    }

    @Test
    void shouldCloseAConnectionToAnOldAddressWhenItComesBack() throws Exception {
        names.addresses = List.of("127.0.0.1");
        try (Socket first = request(old)) {
            onLoop(() -> new Client().start());
            names.addresses = List.of("127.0.0.2");
            secondsLater(2);
            answer(first);
            assertThat(first.getInputStream().read()).isNegative();
            assertThat(idle()).isZero();
        }
    }

    @Test
    void shouldKeepConnectionsWhileNamesCannotBeLookedUp() throws Exception {
        names.addresses = List.of("127.0.0.1");
        try (Socket first = request(old)) {
            names.addresses = List.of();
            secondsLater(2);
            assertThat(idle()).isEqualTo(1);
            onLoop(() -> new Client().start());
            answer(first);
        }
    }

    @Test
    void shouldGiveUpAConnectionWhoseNameIsNotAnswered() throws Exception {
        names.silent = true;
        UpstreamConnection waiting = onLoop(() -> new Client().start());
        assertThat(waiting.ready()).isFalse();
        onLoop(() -> {
            waiting.abort();
            return true;
        });
        names.silent = false;
        names.addresses = List.of("127.0.0.1");
        request(old).close();
    }

    /** Names as the test says. */
    private static final class Names extends AddressResolverGroup<InetSocketAddress> {
        volatile List<String> addresses = List.of();
        volatile boolean silent;

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) throws Exception {
                    if (!silent) {
                        promise.setSuccess(InetAddress.getByName(addresses.getFirst()));
                    }
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) throws Exception {
                    if (addresses.isEmpty()) {
                        promise.setFailure(new IOException("no answer"));
                        return;
                    }
                    List<InetAddress> found = new ArrayList<>();
                    for (String address : addresses) {
                        found.add(InetAddress.getByName(address));
                    }
                    promise.setSuccess(found);
                }
            }.asAddressResolver();
        }
    }

    /** Sends one request on the connection that it gets. */
    private final class Client implements UpstreamListener, UpstreamRequest {
        private @Nullable UpstreamConnection connection;

        UpstreamConnection start() {
            UpstreamConnection lent = pool.acquire(endpoint, this);
            connection = lent;
            if (lent.ready()) {
                connected();
            }
            return lent;
        }

        @Override
        public void connected() {
            Objects.requireNonNull(connection).send(this, 0, Unpooled.EMPTY_BUFFER, true);
        }

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String target() {
            return "/";
        }

        @Override
        public boolean websocket() {
            return false;
        }

        @Override
        public void headers(HeaderSink sink) {
            sink.header("a", "b");
        }

        @Override
        public void firstByte() {}

        @Override
        public @Nullable PayloadSink head(ResponseHead head) {
            return null;
        }

        @Override
        public void body(ByteBuf bytes, boolean last) {
            bytes.release();
            if (last) {
                told.add("complete");
            }
        }

        @Override
        public void readComplete() {}

        @Override
        public void writabilityChanged() {}

        @Override
        public void failed(UpstreamFailure failure) {
            told.add(failure.name());
        }
    }
}
