package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.limits.ModelAdmission;
import dev.penstock.cache.limits.Together;
import dev.penstock.core.config.HealthSettings;
import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.LiveSettings.UsageMode;
import dev.penstock.core.config.RequestLimits;
import dev.penstock.core.config.Retries;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.ShadowSettings;
import dev.penstock.core.config.Timeouts;
import dev.penstock.core.config.TraceSteps;
import dev.penstock.core.engine.EngineContext;
import dev.penstock.core.engine.EngineMetrics;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Lease;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Pins;
import dev.penstock.core.port.RequestTracker;
import dev.penstock.server.accesslog.AccessLog;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.body.BodyBudget;
import dev.penstock.server.claims.ClaimSettings;
import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.config.TimingSettings.ServerTiming;
import dev.penstock.server.disaggregated.PrefillSettings;
import dev.penstock.server.frontend.FrontendInitializer;
import dev.penstock.server.mailbox.ShardContext;
import dev.penstock.server.mailbox.ShardSet;
import dev.penstock.server.tokens.TokenizerSettings;
import dev.penstock.server.tokens.Tokenizers;
import dev.penstock.server.upstream.UpstreamTransport;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;
import dev.penstock.testkit.FakeHealth;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A whole path of requests on one event loop, over real sockets, with pods that the test plays. */
final class TestProxy implements AutoCloseable {
    private static final long WAKE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PREFILL_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(15);

    final TestFleet fleet = new TestFleet();
    final FakeHealth health = new FakeHealth();
    final TestRouters routers = new TestRouters();
    final BodyBudget budget;
    final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    final Map<String, PodView> pinned = new ConcurrentHashMap<>();
    final Map<String, PodView> pinnedElsewhere = new ConcurrentHashMap<>();
    volatile boolean replicasAnswer = true;
    final AtomicInteger leases = new AtomicInteger();
    final BlockingQueue<Usage> done = new LinkedBlockingQueue<>();
    final ShiftedClock clock = new ShiftedClock();
    final Proxy proxy;
    volatile TestSettings settings = new TestSettings();
    /** Is shown each connection that comes from now on, before anything was read of it. */
    volatile Consumer<Channel> accepted = channel -> { };
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ShardSet shards;
    private final Tokenizers tokenizers;
    private final Channel server;

    TestProxy(int... ports) {
        this(null, ports);
    }

    TestProxy(@Nullable Admission limits, int... ports) {
        this(limits, AccessLog.off(), ports);
    }

    TestProxy(@Nullable Admission limits, AccessLog log, int... ports) {
        this(ClientKeys.OPEN, limits, log, ports);
    }

    /** One that lets in who has a key. */
    TestProxy(ClientKeys keys, @Nullable Admission limits, AccessLog log, int... ports) {
        this(keys, limits, log, ProxyContext.Limits.standard(1), ForwardingRules.STANDARD, 1, Tokenizing.NONE,
                ports);
    }

    /** One that wakes models at a port of their pods. */
    static TestProxy waking(int port, int... ports) {
        return new TestProxy(ClientKeys.OPEN, null, AccessLog.off(), ProxyContext.Limits.standard(1),
                ForwardingRules.STANDARD, port, Tokenizing.NONE, ports);
    }

    /** One that has tokenizers, and room for long prompts. */
    static TestProxy tokenizing(Map<String, String> settings, Set<String> tokenizers, int... ports) {
        return new TestProxy(ClientKeys.OPEN, null, AccessLog.off(), ProxyContext.Limits.standard(1),
                ForwardingRules.STANDARD, 1, new Tokenizing(settings, tokenizers, 1 << 26), ports);
    }

    private record Tokenizing(Map<String, String> settings, Set<String> needed, long budget) {
        static final Tokenizing NONE = new Tokenizing(Map.of(), Set.of(), 1 << 20);
    }

    TestProxy(ProxyContext.Limits bounds, ForwardingRules forwarding, int... ports) {
        this(ClientKeys.OPEN, null, AccessLog.off(), bounds, forwarding, 1, Tokenizing.NONE, ports);
    }

    private TestProxy(ClientKeys keys, @Nullable Admission limits, AccessLog log, ProxyContext.Limits bounds,
            ForwardingRules forwarding, int wakePort, Tokenizing tokenizing, int... ports) {
        budget = new BodyBudget(tokenizing.budget());
        fleet.publish(null, null, "127.0.0.1", ports);
        StrategyCatalog catalog = routers.catalog();
        EngineMetrics engineMetrics = new EngineMetrics(metrics());
        shards = new ShardSet(new ShardContext(1,
                shard -> new EngineContext(shard, fleet, fleet, health, catalog, engineMetrics, 1), clock, 1024,
                () -> TimeUnit.MILLISECONDS.toNanos(50), this::onEventLoop, metrics()));
        UpstreamTransport transport = new UpstreamTransport(NioSocketChannel::new, new DnsAddressResolverGroup(
                new DnsNameResolverBuilder().datagramChannelType(NioDatagramChannel.class)));
        tokenizers = Tokenizers.open(TokenizerSettings.from(settings(tokenizing.settings()), Path.of("")),
                tokenizing.needed(),
                new Tokenizers.Surroundings(metrics(), clock, 1));
        proxy = new Proxy(new ProxyContext(shards, fleet, health, catalog, () -> settings.build(), keys,
                Together.of(new ModelAdmission(fleet, clock, metrics()),
                        limits == null ? Admission.UNLIMITED : limits), tracker(), pins(),
                budget, metrics(), clock, transport, bounds, forwarding, tokenizers,
                new ClaimSettings(wakePort, WAKE_NANOS), new PrefillSettings(PREFILL_NANOS, 0), log,
                ServerTiming.ON_REQUEST));
        shards.start();
        server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new FrontendInitializer(proxy, Http2Settings.STANDARD));
                        accepted.accept(channel);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    private static Settings settings(Map<String, String> given) {
        Map<String, Settings.Source> sources = new HashMap<>();
        given.forEach((name, text) -> sources.put(name, new Settings.Source(text, "test")));
        return Settings.conclude(TokenizerSettings.ALL, Map.of(), Map.of(), Map.of(), sources);
    }

    private boolean onEventLoop() {
        for (EventExecutor loop : loops) {
            if (loop.inEventLoop()) {
                return true;
            }
        }
        return false;
    }

    private Metrics metrics() {
        return (name, help, labels) -> {
            LongAdder sum = counts.computeIfAbsent(name + String.join("/", labels), key -> new LongAdder());
            return new Metrics.Count() {
                @Override
                public void add(long amount) {
                    sum.add(amount);
                }

                @Override
                public long value() {
                    return sum.sum();
                }
            };
        };
    }

    private RequestTracker tracker() {
        return (id, model) -> {
            leases.incrementAndGet();
            return new Lease() {
                @Override
                public void done() {
                    done(Usage.UNKNOWN);
                }

                @Override
                public void done(Usage usage) {
                    leases.decrementAndGet();
                    done.add(usage);
                }
            };
        };
    }

    private Pins pins() {
        return new Pins() {
            @Override
            public void pin(String responseId, PodView endpoint) {
                pinned.put(responseId, endpoint);
            }

            @Override
            public @Nullable PodView find(String responseId) {
                return pinned.get(responseId);
            }

            @Override
            public void seek(String responseId, Consumer<@Nullable PodView> answer) {
                if (replicasAnswer) {
                    // As an answer of Redis: from a thread of its own.
                    ForkJoinPool.commonPool().execute(() -> answer.accept(pinnedElsewhere.get(responseId)));
                }
            }
        };
    }

    InetSocketAddress address() {
        return (InetSocketAddress) server.localAddress();
    }

    RawConnection connect() {
        return connect(0);
    }

    /** Connects with room for so many bytes that were not read; 0 for what is usual. */
    RawConnection connect(int receiveBuffer) {
        try {
            Socket socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(address());
            return new RawConnection(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    long count(String series) {
        LongAdder sum = counts.get(series);
        return sum == null ? 0 : sum.sum();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            Thread.onSpinWait();
        }
    }

    /** Everything that was counted up has been counted down. */
    void awaitIdle() {
        await("nothing in flight", () -> proxy.open() == 0 && fleet.idle() && leases.get() == 0 && budget.held() == 0);
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        proxy.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        shards.close();
        tokenizers.close();
        await("all requests ended", () -> leases.get() == 0);
    }

    /** The time, which a test can put forward; deadlines are looked at once a second at least. */
    static final class ShiftedClock implements NanoClock {
        private final AtomicLong shift = new AtomicLong();
        private volatile long stoppedNanos;

        void addSeconds(long seconds) {
            shift.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
        }

        /** From now on it only moves when it is put forward. */
        void stop() {
            stoppedNanos = NanoClock.SYSTEM.nanoTime();
        }

        @Override
        public long nanoTime() {
            long stopped = stoppedNanos;
            return (stopped == 0 ? NanoClock.SYSTEM.nanoTime() : stopped) + shift.get();
        }
    }

    /** Live settings that a test changes. */
    static final class TestSettings {
        String strategy = "first";
        long routingMillis = 5_000;
        long queueMillis = 60_000;
        long connectMillis = 2_000;
        long firstByteMillis = 10_000;
        long unaryFirstByteMillis;
        long idleMillis = 10_000;
        long totalMillis;
        int maxRetries = 2;
        int retryPercent = 10;
        UsageMode usage = UsageMode.INJECT;
        long bodyLimit = 256 * 1024;
        long headerMillis = 10_000;
        long bodyMillis = 10_000;
        long websocketIdleMillis = 10_000;
        HealthSettings health = HealthSettings.defaults();
        long clientIdleMillis = 60_000;
        long writeMillis = 10_000;
        long bodyRate;
        long bodyRateGraceMillis = 5_000;

        LiveSettings build() {
            return new LiveSettings(strategy, nanos(routingMillis), nanos(queueMillis), usage,
                    new Timeouts(nanos(connectMillis), nanos(firstByteMillis), nanos(unaryFirstByteMillis),
                            nanos(idleMillis), nanos(totalMillis), nanos(headerMillis), nanos(bodyMillis),
                            nanos(websocketIdleMillis), nanos(clientIdleMillis), nanos(writeMillis)),
                    new Retries(maxRetries, retryPercent),
                    new RequestLimits(bodyLimit, bodyRate, nanos(bodyRateGraceMillis)), health,
                    TraceSteps.ALL_ON, ShadowSettings.OFF);
        }

        private static long nanos(long millis) {
            return TimeUnit.MILLISECONDS.toNanos(millis);
        }
    }
}
