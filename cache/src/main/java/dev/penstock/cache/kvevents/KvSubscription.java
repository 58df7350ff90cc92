package dev.penstock.cache.kvevents;

import dev.penstock.spi.KvEvent;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.zeromq.ZMQ;

/** The connection to one publisher, and what it tells. Confined to {@code lb-kv}, but for the count of connections. */
final class KvSubscription implements KvStream.Surroundings {

    private static final Logger LOG = System.getLogger(KvSubscription.class.getName());

    private static final int MOST_AT_ONCE = 64;
    private static final long SAY_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long REPAIR_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long END = -1;

    private final KvSockets sockets;
    private final KvEventListener listener;
    private final KvStream stream;
    private final long replayNanos;
    private final ZMQ.Socket events;
    // Counted by a thread of ZeroMQ's.
    private final AtomicInteger connections = new AtomicInteger();
    private int seenConnections;
    private KvPublisher publisher;
    private ZMQ.@Nullable Socket replay;
    // Set by a thread of ZeroMQ's; one for each replay.
    private AtomicBoolean replayReady = new AtomicBoolean();
    private boolean asked;
    private int replays;
    private long replayUntilNanos;
    private long nowNanos;
    private long heardNanos;
    private long saidNanos;
    private long repairedNanos;

    KvSubscription(KvPublisher publisher, KvSockets sockets, KvEventListener listener, KvEventSettings settings,
            KvEventMetrics metrics, long nowNanos) {
        this.publisher = publisher;
        this.sockets = sockets;
        this.listener = listener;
        this.nowNanos = nowNanos;
        replayNanos = settings.replayNanos();
        heardNanos = nowNanos;
        saidNanos = nowNanos - SAY_NANOS;
        repairedNanos = nowNanos - REPAIR_NANOS;
        stream = new KvStream(this, new EventDecoder(metrics), metrics);
        events = sockets.subscribe(publisher.address(), connections::incrementAndGet);
    }

    KvPublisher publisher() {
        return publisher;
    }

    /** The same publisher, of pods seen later. */
    void publisher(KvPublisher later) {
        publisher = later;
    }

    /** Number of the last message. */
    long last() {
        return stream.last();
    }

    /** When it last told something. */
    long heardNanos() {
        return heardNanos;
    }

    /** Whoever listened has forgotten. */
    void tellAgain() {
        stream.tellAgain();
    }

    /** Gives the sockets on which it waits. */
    void sockets(Consumer<ZMQ.Socket> into) {
        into.accept(events);
        if (replay != null) {
            into.accept(replay);
        }
    }

    /**
     * Does what is due, but takes nothing in.
     *
     * @return whether it waits on other sockets than before
     */
    boolean look(long now) {
        nowNanos = now;
        int seen = connections.get();
        if (seen > Math.max(1, seenConnections)) {
            stream.reconnected();
        }
        seenConnections = seen;
        if (stream.dropped() && now - repairedNanos >= REPAIR_NANOS && listener.hasRoom(publisher.shard())) {
            repairedNanos = now;
            stream.tellAgain();
        }
        if (replay != null && now - replayUntilNanos >= 0 && listener.hasRoom(publisher.shard())) {
            stream.replayFailed();
        }
        boolean changed = askAgain();
        if (replay != null && !asked && replayReady.get()) {
            asked = true;
            KvSockets.ask(replay, stream.replayFrom());
        }
        return changed;
    }

    private boolean askAgain() {
        boolean changed = false;
        while (stream.replayFrom() == KvStream.NONE ? replay != null : replays != stream.replays()) {
            if (replay != null) {
                replay.close();
                replay = null;
            }
            changed = true;
            if (stream.replayFrom() != KvStream.NONE) {
                replays = stream.replays();
                String address = publisher.replayAddress();
                if (address == null) {
                    stream.replayFailed();
                } else {
                    AtomicBoolean ready = new AtomicBoolean();
                    replay = sockets.replay(address, () -> ready.set(true));
                    replayReady = ready;
                    asked = false;
                    replayUntilNanos = nowNanos + replayNanos;
                }
            }
        }
        return changed;
    }

    /** Takes a share of what has come; how many messages. */
    int receive() {
        int taken = 0;
        while (taken < MOST_AT_ONCE && listener.hasRoom(publisher.shard())) {
            boolean toldAgain = receiveReplay();
            boolean told = receiveEvent();
            if (!toldAgain && !told) {
                break;
            }
            taken++;
        }
        return taken;
    }

    private boolean receiveReplay() {
        ZMQ.Socket asked = replay;
        // Where the stream wants another one meanwhile, this one's answers are not for it.
        List<byte[]> frames = asked == null || replays != stream.replays() || stream.replayFrom() == KvStream.NONE
                ? null : KvSockets.receive(asked);
        if (frames == null) {
            return false;
        }
        replayUntilNanos = nowNanos + replayNanos;
        byte[] number = frames.size() < 2 ? new byte[0] : frames.get(frames.size() - 2);
        if (number.length != Long.BYTES) {
            stream.malformed("a replay of " + frames.size() + " frames");
        } else if (ByteBuffer.wrap(number).getLong() == END) {
            stream.replayEnded();
        } else {
            stream.replayed(ByteBuffer.wrap(number).getLong(), frames.getLast());
        }
        return true;
    }

    private boolean receiveEvent() {
        List<byte[]> frames = KvSockets.receive(events);
        if (frames == null) {
            return false;
        }
        heardNanos = nowNanos;
        if (frames.size() != 3 || frames.get(1).length != Long.BYTES || ByteBuffer.wrap(frames.get(1)).getLong() < 0) {
            stream.malformed("a message of " + frames.size() + " frames");
        } else {
            stream.live(ByteBuffer.wrap(frames.get(1)).getLong(), frames.get(2));
        }
        return true;
    }

    /** Ends it; of pods that stay, nothing is known any more. */
    void close(Snapshot fleet) {
        if (replay != null) {
            replay.close();
        }
        events.close();
        publisher.endpoints().stream().filter(fleet::contains).forEach(endpoint -> take(new KvEvent.Resync(endpoint)));
    }

    @Override
    public List<PodView> endpoints() {
        return publisher.endpoints();
    }

    @Override
    public boolean take(KvEvent event) {
        return listener.event(publisher.shard(), event);
    }

    @Override
    public void malformed(String reason) {
        if (nowNanos - saidNanos >= SAY_NANOS) {
            saidNanos = nowNanos;
            LOG.log(Level.WARNING, () -> publisher.pod() + ": a message about its KV cache cannot be read: " + reason);
        }
    }
}
