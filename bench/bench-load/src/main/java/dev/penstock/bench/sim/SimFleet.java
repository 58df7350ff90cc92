package dev.penstock.bench.sim;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Some simulated engines in this process.
 *
 * {@snippet :
 * try (SimFleet fleet = SimFleet.builder().engines(3).model("m").time(TimeModel.zero()).start()) {
 *     SimEngine engine = fleet.engine(0);
 *     engine.faultNext(new Fault.Status(503, 1));
 *     // ... send requests to engine.url() ...
 *     engine.counters().requests().atLeast(1).orTimeout(5, TimeUnit.SECONDS).join();
 * }
 * }
 *
 * <p>Closing it closes all ports and connections and ends its threads. There may be many in one JVM.
 */
public final class SimFleet implements AutoCloseable {
    private final MultiThreadIoEventLoopGroup loops;
    private final List<SimEngine> engines;
    private final @Nullable KvEventHub hub;

    private SimFleet(MultiThreadIoEventLoopGroup loops, List<SimEngine> engines, @Nullable KvEventHub hub) {
        this.loops = loops;
        this.engines = List.copyOf(engines);
        this.hub = hub;
    }

    /** Returns a builder of one engine that serves {@code sim-model} on a free port of the loopback address. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the engines, named {@code sim-0} and so on unless named otherwise. */
    public List<SimEngine> engines() {
        return engines;
    }

    /** Returns one engine. */
    public SimEngine engine(int index) {
        return engines.get(index);
    }

    /** Returns {@code host:port} of each engine. */
    public List<String> addresses() {
        return engines.stream().map(SimEngine::address).toList();
    }

    @Override
    public void close() {
        CompletableFuture.allOf(engines.stream().map(SimEngine::close).toArray(CompletableFuture[]::new))
                .orTimeout(5, TimeUnit.SECONDS)
                .exceptionally(late -> null)
                .join();
        if (hub != null) {
            hub.close();
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /** Collects what a fleet shall be; one thread. Every setting may be left out. */
    public static final class Builder {
        private int engines = 1;
        private int firstPort;
        private int threads = 1;
        private String namePrefix = "sim-";
        private String host = "127.0.0.1";
        private List<String> models = List.of("sim-model");
        private int maxModelLen = 32_768;
        private int outputTokens = 32;
        private int maxLoras = 8;
        private TimeModel time = TimeModel.gpu();
        private int kvBlocks = 4_096;
        private int kvBlockTokens = 16;
        private @Nullable KvEventForm kvEvents;
        private int kvEventsPort;
        private Duration keepAlive = Duration.ofSeconds(5);
        private boolean announceKeepAlive;
        private @Nullable String apiKey;
        private boolean faultHeader;
        private FaultPlan plan = FaultPlan.none();
        private @Nullable InstantReply instant;
        private long seed = 1;
        private List<EngineRole> roles = List.of(EngineRole.BOTH);
        private KvConnector connector = KvConnector.SHFS;

        private Builder() {
        }

        /** Sets how many engines there are. */
        public Builder engines(int count) {
            engines = count;
            return this;
        }

        /** Sets the first engine's port, the others following it; 0, the default, takes free ones. */
        public Builder port(int first) {
            firstPort = first;
            return this;
        }

        /** Sets the address to listen on; the loopback address by default. */
        public Builder host(String address) {
            host = address;
            return this;
        }

        /** Sets how many event loops the engines share; 1 by default. */
        public Builder threads(int count) {
            threads = count;
            return this;
        }

        /** Sets what engines are called, a number following; {@code sim-} by default. */
        public Builder namePrefix(String prefix) {
            namePrefix = prefix;
            return this;
        }

        /** Sets the model's name. */
        public Builder model(String name) {
            return models(List.of(name));
        }

        /** Sets the names under which the model is served. */
        public Builder models(List<String> names) {
            models = List.copyOf(names);
            return this;
        }

        /** Sets how many tokens, prompt and output together, one request may have; 32,768 by default. */
        public Builder maxModelLen(int tokens) {
            maxModelLen = tokens;
            return this;
        }

        /** Sets how long an answer is that nothing cuts short; 32 tokens by default. */
        public Builder outputTokens(int tokens) {
            outputTokens = tokens;
            return this;
        }

        /** Sets how many adapters may be loaded; 8 by default. */
        public Builder maxLoras(int count) {
            maxLoras = count;
            return this;
        }

        /** Sets how long things take; {@link TimeModel#gpu} by default. */
        public Builder time(TimeModel model) {
            time = model;
            return this;
        }

        /** Sets the prefix cache; 4,096 blocks of 16 tokens by default. */
        public Builder kvCache(int blocks, int blockTokens) {
            kvBlocks = blocks;
            kvBlockTokens = blockTokens;
            return this;
        }

        /**
         * Lets engines tell of their prefix caches over ZeroMQ; they do not by default.
         *
         * @param form      how events are written, or null for none
         * @param firstPort where the first engine publishes; it repeats what it told on the port after that, and the
         *                  others follow; 0 takes free ones
         */
        public Builder kvEvents(@Nullable KvEventForm form, int firstPort) {
            kvEvents = form;
            kvEventsPort = firstPort;
            return this;
        }

        /** Sets how long a connection may idle after an answer; 5 s by default, as uvicorn, zero for ever. */
        public Builder keepAlive(Duration idle) {
            keepAlive = idle;
            return this;
        }

        /** Lets answers say in a {@code Keep-Alive} header how long connections live, which uvicorn's do not. */
        public Builder announceKeepAlive(boolean announce) {
            announceKeepAlive = announce;
            return this;
        }

        /** Sets the key that requests to {@code /v1} must bear; none by default. */
        public Builder apiKey(@Nullable String key) {
            apiKey = key;
            return this;
        }

        /** Lets requests ask for a fault in their {@code x-sim-fault} header; off by default. */
        public Builder faultHeader(boolean allowed) {
            faultHeader = allowed;
            return this;
        }

        /** Sets what goes wrong by chance; nothing by default. */
        public Builder faults(FaultPlan faultPlan) {
            plan = faultPlan;
            return this;
        }

        /** Sets the fixed answer of benchmarks; null, the default, simulates. */
        public Builder instant(@Nullable InstantReply reply) {
            instant = reply;
            return this;
        }

        /** Sets where randomness begins: the same seed and the same requests give the same faults and ids. */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * Sets which part of a request engines do: the first engine the first one, and so on, from the beginning again
         * where there are more engines; both by default. Decode engines know what the prefill engines of the same fleet
         * hold; where there are none, they believe what they are told.
         */
        public Builder roles(EngineRole... each) {
            roles = List.of(each);
            return this;
        }

        /** Sets how engines hand prompts over; {@link KvConnector#SHFS} by default. */
        public Builder connector(KvConnector kind) {
            connector = kind;
            return this;
        }

        /**
         * Starts the engines; all of them listen when it returns.
         *
         * @throws IllegalArgumentException if a setting makes no sense
         * @throws IllegalStateException    if a port cannot be had; nothing is left running then
         */
        public SimFleet start() {
            EngineSettings settings = new EngineSettings(
                    new EngineSettings.Card(models, maxModelLen, outputTokens, maxLoras), time,
                    new EngineSettings.KvCache(kvBlocks, kvBlockTokens),
                    new EngineSettings.Http(host, keepAlive, announceKeepAlive, apiKey, faultHeader), plan, instant,
                    seed, new EngineSettings.Half(EngineRole.BOTH, connector,
                            new Transfers(roles.contains(EngineRole.PREFILL))));
            boolean epoll = Epoll.isAvailable();
            IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
            Class<? extends ServerChannel> channel =
                    epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
            MultiThreadIoEventLoopGroup loops =
                    new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("sim-engine", true), io);
            List<SimEngine> started = new ArrayList<>();
            KvEventForm form = kvEvents == null ? KvEventForm.ARRAY : kvEvents;
            KvEventHub hub = kvEvents == null ? null : new KvEventHub();
            try {
                for (int i = 0; i < engines; i++) {
                    EngineCore core = new EngineCore(namePrefix + i, settings.in(roles.get(i % roles.size())),
                            loops.next(),
                            KvEventHub.publisher(hub, host, kvEventsPort == 0 ? 0 : kvEventsPort + 2 * i, form,
                                    kvBlockTokens));
                    started.add(new SimEngine(core,
                            new EngineServer(core, channel, firstPort == 0 ? 0 : firstPort + i)));
                }
                started.forEach(engine -> engine.listen().join());
                if (hub != null) {
                    hub.start();
                }
                return new SimFleet(loops, started, hub);
            } catch (CompletionException cannotListen) {
                new SimFleet(loops, started, hub).close();
                throw new IllegalStateException("cannot listen: " + cannotListen.getCause(), cannotListen);
            } catch (IllegalArgumentException badSetting) {
                new SimFleet(loops, started, hub).close();
                throw badSetting;
            }
        }
    }
}
