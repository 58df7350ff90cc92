package dev.penstock.server.tokens;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.model.Model;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.spi.Candidates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The tokenizers that there are, and which of them a request's is. Any thread. */
public final class Tokenizers implements AutoCloseable {

    /** The label of pods that tell what is in their KV cache, in tokens. */
    private static final String KV_EVENTS = "model.aibrix.ai/kv-events-enabled";
    private static final int MOST_MODELS = 4_096;

    private final TokenizerSettings settings;
    private final Map<String, PromptTokenizer> byName = new HashMap<>();
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    /** Null where no tokenizer of this process is asked for. */
    private @Nullable TokenThreads threads;

    /** Whether one of a model's pods, as they were in one fleet, tells KV events. */
    private record Seen(Candidates ready, boolean kvEvents) {}

    private Tokenizers(TokenizerSettings settings) {
        this.settings = settings;
    }

    /** What else tokenizers are made of: where they count, the time, and a seed that clients do not know. */
    public record Surroundings(Metrics metrics, NanoClock clock, long seed) {}

    /**
     * Makes those that somebody may ask for, which takes a good part of a second for one of tiktoken.
     *
     * @param needed those that strategies name
     * @throws InvalidSettingsException where one cannot be made
     */
    public static Tokenizers open(TokenizerSettings settings, Set<String> needed, Surroundings with) {
        Set<String> names = new TreeSet<>(needed);
        names.add(settings.standard());
        names.addAll(settings.models().values());
        Tokenizers all = new Tokenizers(settings);
        List<String> errors = new ArrayList<>();
        TokenCache cache = new TokenCache(settings.local().cacheBytes(), with.seed(), with.metrics());
        for (String name : names) {
            try {
                all.add(name, cache, with);
            } catch (IllegalStateException e) {
                errors.add("tokenizer " + name + ": " + e.getMessage());
            }
        }
        if (!errors.isEmpty()) {
            all.close();
            throw new InvalidSettingsException(errors);
        }
        return all;
    }

    private void add(String name, TokenCache cache, Surroundings with) {
        Path file = settings.files().get(name);
        if (name.equals(TokenizerNames.AUTO) || name.equals(TokenizerNames.REMOTE)) {
            byName.computeIfAbsent(TokenizerNames.REMOTE, any -> new RemoteTokenizer(settings.remote(),
                    settings.local().queue(), cache, with.clock(), new TokenizerMetrics(with.metrics(), any)));
        } else if (name.equals(TokenizerNames.CHARACTERS)) {
            byName.put(name, local(name, new CharacterTokenizer(), true, with));
        } else if (TokenizerNames.TIKTOKEN.contains(name)) {
            byName.put(name, local(name, Tiktoken.open(name, cache), false, with));
        } else if (file != null) {
            byName.put(name, local(name, HuggingFaceTokenizers.open(name, file, cache), false, with));
        }
    }

    private LocalTokenizer local(String name, Tokenizer tokenizer, boolean quick, Surroundings with) {
        TokenThreads shared = threads;
        if (shared == null) {
            shared = new TokenThreads(settings.local().threads(), settings.local().queue());
            threads = shared;
        }
        return new LocalTokenizer(tokenizer, quick, shared, settings.local().deadlineNanos(),
                new TokenizerMetrics(with.metrics(), name));
    }

    /**
     * The tokenizer for a request.
     *
     * @param needed the one that its strategy names
     * @return null where no tokens are to be made
     */
    public @Nullable PromptTokenizer find(String needed, Model model) {
        if (!needed.equals(TokenizerNames.AUTO)) {
            return byName.get(needed);
        }
        String named = settings.models().getOrDefault(model.name(), settings.standard());
        if (!named.equals(TokenizerNames.AUTO)) {
            return byName.get(named);
        }
        return tellsKvEvents(model) ? byName.get(TokenizerNames.REMOTE) : null;
    }

    /** Looked up once for a model as it is in one fleet. */
    private boolean tellsKvEvents(Model model) {
        Seen last = seen.get(model.name());
        Candidates ready = model.ready();
        if (last != null && last.ready == ready) {
            return last.kvEvents;
        }
        if (seen.size() >= MOST_MODELS) {
            seen.clear();
        }
        boolean tells = false;
        for (int i = 0; i < ready.size() && !tells; i++) {
            tells = "true".equals(ready.get(i).labels().get(KV_EVENTS));
        }
        seen.put(model.name(), new Seen(ready, tells));
        return tells;
    }

    /** Ends the threads; what waits is not made tokens any more. */
    @Override
    public void close() {
        if (threads != null) {
            threads.close();
        }
    }
}
