package dev.penstock.server.tokens;

import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.body.ScanScratch;
import dev.penstock.server.upstream.UpstreamPool;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizers of engines: a pod of the model is asked, which knows the model's tokenizer and its chat template. What
 * was asked before is remembered. Any thread, but for {@link #begin}.
 *
 * <p>An engine that fails again and again, or has no such call, is left alone for a while: requests must not wait for
 * nothing one after the other.
 */
public final class RemoteTokenizer implements PromptTokenizer {

    /** Failures in a row after which the engines of a model are left alone. */
    static final int PATIENCE = 5;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST_TROUBLES = 4_096;
    private static final int TRIES = 4;
    /** Whoever stands in no fleet has no slot: its connections rest in no pool. */
    private static final int NO_SLOT = -1;

    private final TokenizerSettings.Remote settings;
    private final @Nullable Pod host;
    private final int most;
    private final TokenCache cache;
    private final NanoClock clock;
    private final TokenizerMetrics metrics;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

    /** Failures of the engines of a model. */
    private static final class Trouble {
        final AtomicInteger inRow = new AtomicInteger();
        volatile long untilNanos;
    }

    /**
     * A tokenizer that can be used.
     *
     * @param most questions that may be open
     */
    RemoteTokenizer(TokenizerSettings.Remote settings, int most, TokenCache cache, NanoClock clock,
            TokenizerMetrics metrics) {
        this.settings = settings;
        this.most = most;
        this.cache = cache;
        this.clock = clock;
        this.metrics = metrics;
        String name = settings.host();
        this.host = name == null ? null : Pod.of(new PodIdentity("", "tokenizer", ""), name, settings.port(), NO_SLOT,
                0, "", "", true, Map.of(), Map.of());
    }

    @Override
    public long deadlineNanos() {
        return settings.deadlineNanos();
    }

    @Override
    public void made(long nanos) {
        metrics.made(nanos);
    }

    @Override
    public void fallback(Fallback why) {
        metrics.fallback(why);
    }

    /** Where on an event loop a question is asked. */
    public record At(UpstreamPool pool, Health health, RandomGenerator random, ScanScratch scratch) {}

    /**
     * Asks. On an event loop.
     *
     * @param model one of whose pods is asked
     * @param question of {@link TokenizeQuestion}, not to be changed
     * @param sink told what came of it, on the same loop, perhaps before this returns
     * @return what can be canceled; null where nothing is to be waited for
     */
    public @Nullable TokenizeCall begin(ModelView model, byte[] question, At at, TokenSink sink) {
        int[] known = cache.find(cache.key(TokenizerNames.REMOTE, question));
        if (known != null) {
            sink.tokens(known);
            return null;
        }
        PodView endpoint = host == null ? pick(model.ready(), at) : host;
        Fallback why = endpoint == null ? Fallback.NO_POD : paused(model.name()) ? Fallback.PAUSED
                : open.incrementAndGet() > most ? busy() : null;
        if (why != null || endpoint == null) {
            sink.none(why == null ? Fallback.NO_POD : why);
            return null;
        }
        TokenizeCall call = new TokenizeCall(this, endpoint, model.name(), question, at.scratch(), sink);
        call.begin(at.pool());
        return call;
    }

    private Fallback busy() {
        open.decrementAndGet();
        return Fallback.BUSY;
    }

    /** Any of the pods; another one, a few times, where it is out. */
    private static @Nullable PodView pick(Candidates ready, At at) {
        int size = ready.size();
        PodView picked = null;
        for (int i = 0; i < TRIES && size > 0; i++) {
            picked = ready.get(at.random().nextInt(size));
            if (at.health().open(picked)) {
                return picked;
            }
        }
        return picked;
    }

    private boolean paused(String model) {
        Trouble trouble = troubles.get(model);
        return trouble != null && trouble.inRow.get() >= PATIENCE && trouble.untilNanos - clock.nanoTime() > 0;
    }

    // ---- for its calls

    /** Whether one host makes all tokens, and no pods. */
    boolean ownHost() {
        return host != null;
    }

    String path() {
        return settings.path();
    }

    /** A question is not open any more. */
    void closed() {
        open.decrementAndGet();
    }

    void answered(String model, byte[] question, int[] tokens) {
        troubles.remove(model);
        cache.put(cache.key(TokenizerNames.REMOTE, question), tokens);
    }

    void failed(String model) {
        if (troubles.size() >= MOST_TROUBLES) {
            troubles.clear();
        }
        Trouble trouble = troubles.computeIfAbsent(model, any -> new Trouble());
        // Before it counts: who finds enough failures finds the time too.
        trouble.untilNanos = clock.nanoTime() + PAUSE_NANOS;
        trouble.inRow.incrementAndGet();
    }
}
