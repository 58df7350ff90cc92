package dev.penstock.bench.soak;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Clients of all kinds: HTTP/1.1 and HTTP/2, through each door. One thread makes it and lets it run. */
final class Crowd implements AutoCloseable {
    /** Of so many clients, this many speak HTTP/2. */
    private static final int PARTS = 8;
    private static final int PARTS_OF_HTTP2 = 3;
    private static final int CLIENTS_OF_A_CONNECTION = 8;

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("soak-http2", true), NioIoHandler.newFactory());
    private final List<Door> doors;
    private final Duration patience;

    Crowd(List<Door> doors, Duration patience) {
        this.doors = List.copyOf(doors);
        this.patience = patience;
    }

    /**
     * Lets clients run until there are no more numbers.
     *
     * @param clients how many; at least one for each way in
     * @param mix     what they send, by the protocol they speak
     */
    void run(int clients, Tickets tickets, Mix mix, Judge judge, Ends ends) throws InterruptedException {
        int ways = doors.size();
        List<Runnable> all = new ArrayList<>();
        List<Http2Share> shares = new ArrayList<>();
        CallMix http1 = mix.of(false);
        CallMix http2 = mix.of(true);
        for (int d = 0; d < ways; d++) {
            Door door = doors.get(d);
            int here = Math.max(2, clients / ways + (d < clients % ways ? 1 : 0));
            int speakHttp2 = Math.max(1, here * PARTS_OF_HTTP2 / PARTS);
            for (int i = 0; i < here - speakHttp2; i++) {
                all.add(new Client(door, patience, tickets, http1, judge, ends));
            }
            @Nullable Http2Share share = null;
            for (int i = 0; i < speakHttp2; i++) {
                if (share == null || i % CLIENTS_OF_A_CONNECTION == 0) {
                    share = new Http2Share(loops, door, patience);
                    shares.add(share);
                }
                all.add(new Http2Client(share, tickets, http2, judge, ends));
            }
        }
        runAll(all);
        shares.forEach(Http2Share::close);
    }

    /** Runs all, each on a virtual thread, and waits for them. */
    static void runAll(List<? extends Runnable> clients) throws InterruptedException {
        Semaphore done = new Semaphore(0);
        for (int i = 0; i < clients.size(); i++) {
            Runnable client = clients.get(i);
            Thread.ofVirtual().name("soak-client-" + i).start(() -> {
                try {
                    client.run();
                } finally {
                    done.release();
                }
            });
        }
        done.acquire(clients.size());
    }

    /** Makes what clients send. */
    interface Mix {
        /** Requests for HTTP/2, or for HTTP/1. */
        CallMix of(boolean http2);
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
