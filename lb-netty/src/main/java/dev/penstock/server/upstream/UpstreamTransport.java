package dev.penstock.server.upstream;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.resolver.AddressResolverGroup;
import java.net.InetSocketAddress;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What connections to pods are made of.
 *
 * @param channels makes what makes channels that suit an event loop
 * @param resolvers resolves host names without blocking; never asked for an address in figures
 * @param pools the pools that are configured now
 */
public record UpstreamTransport(Function<EventLoop, ChannelFactory<? extends Channel>> channels,
        AddressResolverGroup<InetSocketAddress> resolvers, Supplier<EnginePools> pools) {

    /**
     * Where buffers come from. Not Netty's adaptive allocator, which makes and clears new memory all the time when
     * bodies of some 16 KiB come and go.
     */
    public static final ByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

    /** Up to how many bytes are piled up for one side until the other side is not read any more. */
    public static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    /** For event loops of one kind, without pools. */
    public UpstreamTransport(ChannelFactory<? extends Channel> channels,
            AddressResolverGroup<InetSocketAddress> resolvers) {
        this(loop -> channels, resolvers, () -> EnginePools.NONE);
    }
}
