package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.plugin.PluginJar;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two balancers at a time, one of them in somebody else's server, started and stopped again and again. */
@Timeout(120)
class ManyTimesTest {

    private static final int TIMES = 100;
    /** After so many, everything that a process makes once is made. */
    private static final int FIRST = 15;
    private static final long ONE_CHUNK = 4 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path plugins;

    private final TestEngine engine = new TestEngine();
    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1,
            new DefaultThreadFactory("embedder", true), NioIoHandler.newFactory());

    /** What a process holds. */
    private record Held(Set<String> threads, int descriptors, long directBytes, long balancers, long pluginLoaders) {

        static Held now() {
            String histogram = histogram();
            return new Held(threadNames(), openDescriptors(), PlatformDependent.usedDirectMemory(),
                    instances(histogram, "dev.penstock.server.Wiring"),
                    instances(histogram, "dev.penstock.server.plugin.PluginLoader$SpiOnlyLoader"));
        }

        static Set<String> threadNames() {
            Set<String> names = new TreeSet<>();
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("lb-")) {
                    names.add(thread.getName() + " " + thread.threadId());
                }
            }
            return names;
        }

        static int openDescriptors() {
            return Objects.requireNonNull(new File("/proc/self/fd").list(), "only on Linux").length;
        }

        // Counts what is reachable: collects before it counts.
        private static String histogram() {
            try {
                return (String) ManagementFactory.getPlatformMBeanServer().invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                        new Object[] {new String[0]}, new String[] {String[].class.getName()});
            } catch (JMException e) {
                throw new AssertionError(e);
            }
        }

        private static long instances(String histogram, String className) {
            Matcher line = Pattern.compile("(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+" + Pattern.quote(className)
                    + "(?:\\s.*)?$").matcher(histogram);
            return line.find() ? Long.parseLong(line.group(1)) : 0;
        }
    }

    @AfterEach
    void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        engine.close();
    }

    private Penstock.Builder builder() {
        return TestBalancer.builder()
                .config("inline", "models: [{name: m, endpoints: [\"127.0.0.1:" + engine.port() + "\"]}]")
                .setting("plugins.folder", plugins.toString(), "test");
    }

    private void once(int number) throws IOException {
        try (Penstock own = builder().start();
                Penstock lent = builder().withoutTrafficPort().withoutAdminPort().start()) {
            Channel listener = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
                    .childHandler(lent.handler()).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly()
                    .channel();
            int port = ((InetSocketAddress) listener.localAddress()).getPort();
            // Each time another one is asked first, and has its router made.
            assertThat(RawChat.ask(number % 2 == 0 ? port : own.port(), "of-a-jar")).startsWith("HTTP/1.1 200 ");
            assertThat(RawChat.ask(number % 2 == 0 ? own.port() : port, "of-a-jar")).startsWith("HTTP/1.1 200 ");
            listener.close().syncUninterruptibly();
        }
    }

    @Test
    void shouldLeaveNothingBehind() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        PluginJar.withStrategy("of-a-jar").writeTo(plugins, "plugin.jar");
        Held atFirst = Held.now();
        for (int i = 0; i < FIRST; i++) {
            once(i);
        }
        Held before = Held.now();
        for (int i = FIRST; i < TIMES; i++) {
            once(i);
        }

        TestBalancer.await("descriptors", () -> Held.openDescriptors() <= before.descriptors());
        TestBalancer.await("threads", () -> atFirst.threads().containsAll(Held.threadNames()));
        // The embedder's loop has timers of the last ones, which are soon over.
        TestBalancer.await("memory", () -> noMoreThan(atFirst, Held.now()));
        assertThat(Held.now().directBytes()).isLessThan(before.directBytes() + ONE_CHUNK);
    }

    private static boolean noMoreThan(Held most, Held now) {
        return now.balancers() <= most.balancers() && now.pluginLoaders() <= most.pluginLoaders();
    }
}
