package dev.penstock.server.names;

import dev.penstock.core.port.NanoClock;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.NameResolver;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The host names that one event loop has resolved before: the addresses of a name are taken in turn, and a name that
 * was good a moment ago is good while DNS is asked again or cannot be reached. Confined to that loop.
 */
final class KnownNames extends InetNameResolver {
    /** For so long what a name said is believed without waiting for DNS to say it again. */
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final EventLoop loop;
    private final NameResolver<InetAddress> dns;
    private final NanoClock clock;
    private final Map<String, Known> names = new HashMap<>();

    /** What a name said last. */
    private static final class Known {
        List<InetAddress> addresses = List.of();
        long nanos;
        int turn;

        InetAddress next() {
            turn = (turn + 1) % addresses.size();
            return addresses.get(turn);
        }
    }

    KnownNames(EventLoop loop, NameResolver<InetAddress> dns, NanoClock clock) {
        super(loop);
        this.loop = loop;
        this.dns = dns;
        this.clock = clock;
    }

    @Override
    protected void doResolve(String name, Promise<InetAddress> promise) {
        assert loop.inEventLoop();
        Future<List<InetAddress>> asked = ask(name);
        Known known = names.get(name);
        if (!asked.isDone() && known != null && clock.nanoTime() - known.nanos < FRESH_NANOS) {
            promise.trySuccess(known.next());
            return;
        }
        asked.addListener(done -> {
            Known now = names.get(name);
            if (now == null) {
                promise.tryFailure(done.cause());
            } else {
                promise.trySuccess(now.next());
            }
        });
    }

    @Override
    protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
        assert loop.inEventLoop();
        ask(name).addListener((Future<List<InetAddress>> done) -> {
            if (done.isSuccess()) {
                promise.trySuccess(done.getNow());
            } else {
                promise.tryFailure(done.cause());
            }
        });
    }

    /** Asks, and notes the answer before anybody else hears of it. */
    private Future<List<InetAddress>> ask(String name) {
        Future<List<InetAddress>> answer = dns.resolveAll(name);
        if (answer.isDone()) {
            note(name, answer);
        } else {
            answer.addListener(done -> note(name, answer));
        }
        return answer;
    }

    private void note(String name, Future<List<InetAddress>> answer) {
        if (answer.isSuccess()) {
            Known known = names.computeIfAbsent(name, any -> new Known());
            known.addresses = sameFamily(answer.getNow());
            known.nanos = clock.nanoTime();
        } else if (!outage(answer.cause())) {
            names.remove(name);
        }
    }

    // The first one is of the family that this machine prefers; it may not even have the other.
    private static List<InetAddress> sameFamily(List<InetAddress> all) {
        List<InetAddress> same = new ArrayList<>();
        for (InetAddress each : all) {
            if (each.getAddress().length == all.getFirst().getAddress().length) {
                same.add(each);
            }
        }
        return same;
    }

    /** Whether DNS has not answered, as against that there is no such name. */
    private static boolean outage(Throwable cause) {
        for (@Nullable Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof DnsNameResolverException) {
                return true;
            }
            if (each instanceof DnsErrorCauseException answered) {
                return !answered.getCode().equals(DnsResponseCode.NXDOMAIN);
            }
        }
        return false;
    }

    @Override
    public void close() {
        dns.close();
        super.close();
    }
}
