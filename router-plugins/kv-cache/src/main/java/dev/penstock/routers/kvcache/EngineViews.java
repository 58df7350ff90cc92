package dev.penstock.routers.kvcache;

import dev.penstock.routers.kvcache.index.PrefixIndex;
import dev.penstock.routers.kvcache.index.PrefixMatch;
import dev.penstock.routers.kvcache.index.TokenIndex;
import dev.penstock.routers.kvcache.index.TokenMatch;
import dev.penstock.spi.KvEvent;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.RoutingRequest;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What engines themselves tell of their caches, and what that says of a prompt whose tokens are known. Confined to the
 * thread that holds the shard.
 */
final class EngineViews {

    private static final byte SILENT = 0;
    private static final byte IN_PART = 1;
    private static final byte WHOLE = 2;
    private static final byte LEFT = 3;

    private static final int GPU = 0;
    private static final int CPU = 1;
    private static final int STORAGE = 2;

    private final RouterEnvironment environment;
    private final double eventDelaySeconds;
    private final TokenIndex index;
    private final TokenMatch match = new TokenMatch();
    private final RouterEnvironment.Counter unplaced;
    private final RouterEnvironment.Counter exact;
    private byte[] told = {};
    private int[] generations = {};
    private int telling;

    EngineViews(RouterEnvironment environment) {
        this.environment = environment;
        eventDelaySeconds = environment.integer(PrefixMatchProvider.EVENT_DELAY) / 1e9;
        index = new TokenIndex(environment.integer(PrefixMatchProvider.TOKEN_INDEX_BYTES),
                environment.random().nextLong(), 1, credit(environment, PrefixMatchProvider.CREDIT_CPU),
                credit(environment, PrefixMatchProvider.CREDIT_STORAGE));
        unplaced = environment.counter("kv_blocks_unplaced");
        exact = environment.counter("kv_matched_exactly");
    }

    private static double credit(RouterEnvironment environment, String setting) {
        double credit = environment.decimal(setting);
        if (!(credit >= 0 && credit <= 1)) {
            throw new IllegalArgumentException(setting + ": " + credit + " (expected: 0 to 1)");
        }
        return credit;
    }

    /** Another number after each event: what was matched before it does not hold any more. */
    int changes() {
        return index.changes();
    }

    /** The blocks. */
    TokenIndex index() {
        return index;
    }

    /** An engine has told something. */
    void take(KvEvent event) {
        PodView pod = event.endpoint();
        int slot = pod.slot();
        if (!admit(pod)) {
            return;
        }
        switch (event) {
            case KvEvent.Stored stored -> {
                if (index.store(stored, medium(stored.medium())) < stored.hashes().length) {
                    unplaced.increment();
                }
            }
            case KvEvent.Removed removed -> index.remove(slot, removed.hashes(), medium(removed.medium()));
            case KvEvent.Cleared _ -> {
                index.drop(slot);
                told[slot] = WHOLE;
            }
            case KvEvent.Resync _ -> {
                index.drop(slot);
                told[slot] = IN_PART;
            }
            default -> { }
        }
    }

    /** Whether an event is of the pod that has its slot now, or of a later one, which then takes it over. */
    private boolean admit(PodView pod) {
        int slot = pod.slot();
        if (slot >= told.length) {
            int length = Math.max(slot + 1, 2 * told.length);
            told = Arrays.copyOf(told, length);
            generations = Arrays.copyOf(generations, length);
        }
        int later = generations[slot] - pod.generation();
        if (told[slot] != SILENT && (later > 0 || (later == 0 && told[slot] == LEFT))) {
            return false;
        }
        if (!tells(slot) || later != 0) {
            forget(slot);
            generations[slot] = pod.generation();
            told[slot] = IN_PART;
            telling++;
        }
        return true;
    }

    private boolean tells(int slot) {
        return told[slot] == IN_PART || told[slot] == WHOLE;
    }

    private void forget(int slot) {
        if (tells(slot)) {
            telling--;
            told[slot] = LEFT;
            index.drop(slot);
        }
    }

    void podRemoved(PodView pod) {
        int slot = pod.slot();
        if (slot < told.length && generations[slot] == pod.generation()) {
            forget(slot);
        }
    }

    private static int medium(@Nullable String name) {
        return name == null ? GPU : switch (name.toUpperCase(Locale.ROOT)) {
            case "GPU", "" -> GPU;
            case "CPU" -> CPU;
            default -> STORAGE;
        };
    }

    /** Whether a prompt can be looked up in what engines tell. */
    boolean answers(RoutingContext context) {
        RoutingRequest request = context.request();
        return telling > 0 && request.tokens().length > 0 && request.prefixHashes().length > 0;
    }

    /**
     * Puts what engines tell in the place of what is believed, for pods that tell: in blocks of the prompt, so that all
     * strategies reckon alike. The larger of both counts for a pod whose events were lost in part, and for one that was
     * sent such a prompt a moment ago, so that its engine may not have come to it yet.
     *
     * @param beliefs where that is from
     * @param believed what was found for the hashes of the prompt
     * @param into where the answer goes
     * @return false where it stays with what is believed, because the prompt is of a model that engines do not tell of
     */
    boolean look(RoutingContext context, PrefixIndex beliefs, PrefixMatch believed, PrefixMatch into) {
        String adapter = adapter(context);
        if (adapter != null && !index.knows(adapter)) {
            // Another name of the base model, or an adapter that nothing is cached of: their events look alike.
            return false;
        }
        RoutingRequest request = context.request();
        int[] tokens = request.tokens();
        index.match(tokens, adapter, match);
        exact.increment();
        into.begin(believed, told.length);
        long now = environment.nanoTime();
        int blocks = request.prefixHashes().length;
        for (int slot = 0; slot < told.length; slot++) {
            if (tells(slot)) {
                int held = (int) Math.min(blocks, Math.round(match.tokens(slot) / tokens.length * blocks));
                boolean certain = told[slot] == WHOLE
                        && beliefs.ageSeconds(slot, believed, now) > eventDelaySeconds;
                into.put(slot, certain ? held : Math.max(held, believed.blocks(slot)));
            }
        }
        into.end(believed);
        return true;
    }

    private static @Nullable String adapter(RoutingContext context) {
        String name = context.request().model();
        ModelView model = context.snapshot().model(name);
        return model == null || name.equals(model.baseModel()) ? null : name;
    }
}
