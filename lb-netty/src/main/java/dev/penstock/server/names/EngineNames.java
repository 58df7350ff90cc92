package dev.penstock.server.names;

import dev.penstock.core.port.NanoClock;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.resolver.NameResolver;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the host names of endpoints by {@code /etc/hosts} and DNS, for each event loop on that loop. Any thread.
 *
 * <p>An answer holds as long as DNS says, but at least a second and at most a minute; that there is no such name, two
 * seconds. A server that is silent is given up soon enough for the next one to be asked within the time to connect.
 */
public final class EngineNames extends DnsAddressResolverGroup {
    private static final int LEAST_SECONDS = 1;
    private static final int MOST_SECONDS = 60;
    private static final int NEGATIVE_SECONDS = 2;
    private static final long QUERY_MILLIS = 800;

    private final Function<EventLoop, ChannelFactory<? extends DatagramChannel>> datagrams;
    private final NanoClock clock;

    /**
     * Names by these servers.
     *
     * @param datagrams makes what makes channels that suit an event loop
     * @param servers the servers of DNS
     * @param clock the time
     */
    public EngineNames(Function<EventLoop, ChannelFactory<? extends DatagramChannel>> datagrams,
            DnsServerAddressStreamProvider servers, NanoClock clock) {
        super(new DnsNameResolverBuilder().nameServerProvider(servers)
                .ttl(LEAST_SECONDS, MOST_SECONDS).negativeTtl(NEGATIVE_SECONDS).queryTimeoutMillis(QUERY_MILLIS));
        this.datagrams = datagrams;
        this.clock = clock;
    }

    @Override
    protected NameResolver<InetAddress> newNameResolver(EventLoop loop,
            @Nullable ChannelFactory<? extends DatagramChannel> ofAll, DnsServerAddressStreamProvider servers)
            throws Exception {
        return super.newNameResolver(loop, datagrams.apply(loop), servers);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newAddressResolver(EventLoop loop, NameResolver<InetAddress> dns) {
        return new InetSocketAddressResolver(loop, new KnownNames(loop, dns, clock));
    }
}
