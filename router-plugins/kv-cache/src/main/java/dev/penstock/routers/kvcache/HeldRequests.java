package dev.penstock.routers.kvcache;

import dev.penstock.spi.RoutingContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** The requests that wait, in the order of their turns, and how much of each model that is. Confined to one thread. */
final class HeldRequests {

    private static final class Share {
        private int requests;
        private long bytes;
        private int told;
    }

    private final long maxQueued;
    private final long maxQueuedBytes;
    private final TreeSet<HeldRequest> byTurn = new TreeSet<>(HeldRequest.BY_TURN);
    private final IdentityHashMap<RoutingContext, HeldRequest> byContext = new IdentityHashMap<>();
    private final Map<String, Share> shares = new HashMap<>();

    HeldRequests(long maxQueued, long maxQueuedBytes) {
        this.maxQueued = maxQueued;
        this.maxQueuedBytes = maxQueuedBytes;
    }

    int size() {
        return byTurn.size();
    }

    /** Adds a request; false where there is no room for it. */
    boolean add(HeldRequest request) {
        Share share = shares.computeIfAbsent(request.model(), model -> new Share());
        if (share.requests >= maxQueued || share.bytes + request.bytes() > maxQueuedBytes) {
            return false;
        }
        share.requests++;
        share.bytes += request.bytes();
        byContext.put(request.context(), request);
        return byTurn.add(request);
    }

    @Nullable HeldRequest of(RoutingContext context) {
        return byContext.get(context);
    }

    void remove(HeldRequest request) {
        if (byTurn.remove(request)) {
            byContext.remove(request.context());
            Share share = shares.get(request.model());
            if (share != null) {
                share.requests--;
                share.bytes -= request.bytes();
            }
        }
    }

    /** The one whose turn is next, or next after another one, which need not wait any more; null where none is. */
    @Nullable HeldRequest after(@Nullable HeldRequest request) {
        if (request == null) {
            return byTurn.isEmpty() ? null : byTurn.first();
        }
        return byTurn.higher(request);
    }

    /** All of them, in a list of its own. */
    List<HeldRequest> all() {
        return new ArrayList<>(byTurn);
    }

    /** Models of which some wait, or did when it was last told how many. */
    Collection<String> models() {
        return List.copyOf(shares.keySet());
    }

    /** Tells how many wait of each model of which it is another number than last time. */
    void tell(ObjIntConsumer<String> to) {
        shares.forEach((model, share) -> {
            if (share.told != share.requests) {
                share.told = share.requests;
                to.accept(model, share.requests);
            }
        });
        shares.values().removeIf(share -> share.requests == 0);
    }
}
