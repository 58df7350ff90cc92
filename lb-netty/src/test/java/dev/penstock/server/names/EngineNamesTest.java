package dev.penstock.server.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.NanoClock;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Host names by a server of DNS that the test plays. */
@Timeout(30)
class EngineNamesTest {
    private static final int PORT = 8000;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final TestDns dns = new TestDns(loops);
    private final EventLoop loop = loops.next();
    private final EngineNames names = new EngineNames(loop -> NioDatagramChannel::new,
            new SingletonDnsServerAddressStreamProvider(dns.address()), NanoClock.SYSTEM);

    @AfterEach
    void close() {
        names.close();
        dns.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** As a connection does it: asked on the loop. */
    private Future<InetSocketAddress> ask(String name) {
        return loop.submit(() -> names.getResolver(loop).resolve(InetSocketAddress.createUnresolved(name, PORT)))
                .syncUninterruptibly().getNow();
    }

    private String resolve(String name) {
        InetSocketAddress found = ask(name).syncUninterruptibly().getNow();
        assertThat(found.getPort()).isEqualTo(PORT);
        return found.getAddress().getHostAddress();
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldTakeTheAddressesOfANameInTurn() {
        dns.set("engines.test", "127.0.0.1", "127.0.0.2", "127.0.0.3");
        List<String> taken = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            taken.add(resolve("engines.test"));
        }
        Set<String> firstThree = new HashSet<>(taken.subList(0, 3));
        assertThat(firstThree).containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2", "127.0.0.3");
        assertThat(taken.subList(3, 6)).isEqualTo(taken.subList(0, 3));
    }

    @Test
    void shouldSeeThatANameHasAnotherAddress() {
        dns.set("engine.test", "127.0.0.1");
        assertThat(resolve("engine.test")).isEqualTo("127.0.0.1");
        dns.set("engine.test", "127.0.0.2");
        await("the other address", () -> resolve("engine.test").equals("127.0.0.2"));
    }

    @Test
    void shouldAskOnceForManyConnections() {
        dns.set("engine.test", "127.0.0.1");
        resolve("engine.test");
        int first = dns.queries.get();
        for (int i = 0; i < 20; i++) {
            resolve("engine.test");
        }
        // A and AAAA once more if the second that an answer holds ends meanwhile.
        assertThat(dns.queries.get()).isLessThanOrEqualTo(first + 4);
    }

    @Test
    void shouldRememberForAWhileThatThereIsNoSuchName() {
        assertThatThrownBy(() -> resolve("nobody.test")).isInstanceOf(UnknownHostException.class);
        int first = dns.queries.get();
        assertThatThrownBy(() -> resolve("nobody.test")).isInstanceOf(UnknownHostException.class);
        assertThat(dns.queries.get()).isEqualTo(first);
        dns.set("nobody.test", "127.0.0.1");
        await("there now", () -> ask("nobody.test").awaitUninterruptibly().isSuccess());
    }

    @Test
    void shouldForgetANameThatHasGone() {
        dns.set("engine.test", "127.0.0.1");
        resolve("engine.test");
        dns.forget("engine.test");
        await("gone", () -> !ask("engine.test").awaitUninterruptibly().isSuccess());
    }

    @Test
    void shouldUseWhatItKnowsWhileTheServerIsSilent() {
        dns.set("engine.test", "127.0.0.1");
        resolve("engine.test");
        dns.silent = true;
        int before = dns.queries.get();
        await("asked again, in vain", () -> {
            assertThat(resolve("engine.test")).isEqualTo("127.0.0.1");
            return dns.queries.get() > before;
        });
        // The question is open, and nobody waits for it.
        assertThat(ask("engine.test").isDone()).isTrue();
    }

    @Test
    void shouldNotMakeOthersWaitForASilentServer() {
        dns.set("known.test", "127.0.0.1");
        resolve("known.test");
        dns.silent = true;
        Future<InetSocketAddress> unknown = ask("unknown.test");
        assertThat(resolve("known.test")).isEqualTo("127.0.0.1");
        assertThat(resolve("localhost")).isEqualTo("127.0.0.1");
        assertThat(unknown.isDone()).isFalse();
        assertThat(unknown.awaitUninterruptibly().isSuccess()).isFalse();
    }

    @Test
    void shouldFindNamesThatHaveIpv6AddressesOnly() {
        dns.set("six.test", "::1");
        assertThat(resolve("six.test")).isEqualTo("0:0:0:0:0:0:0:1");
    }

    @Test
    void shouldStayWithOneFamilyWhereANameHasBoth() {
        dns.set("both.test", "127.0.0.1", "::1");
        for (int i = 0; i < 4; i++) {
            assertThat(resolve("both.test")).isEqualTo("127.0.0.1");
        }
    }
}
