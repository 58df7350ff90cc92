package dev.penstock.bench.sim;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one engine is. Immutable; shared by the engines of a fleet.
 *
 * @param card    what it serves
 * @param time    how long it takes
 * @param kv      its prefix cache
 * @param http    how it speaks HTTP
 * @param plan    what goes wrong, and how often
 * @param instant the fixed answer of benchmarks, or null for an engine that simulates
 * @param seed    where everything random begins
 * @param half    which part of a request it does
 */
record EngineSettings(Card card, TimeModel time, KvCache kv, Http http, FaultPlan plan,
                      @Nullable InstantReply instant, long seed, Half half) {

    /** The same in another role. */
    EngineSettings in(EngineRole role) {
        return new EngineSettings(card, time, kv, http, plan, instant, seed,
                new Half(role, half.connector(), half.transfers()));
    }

    /**
     * Which part of a request an engine does.
     *
     * @param role      the part
     * @param connector how prompts are handed over
     * @param transfers those of the whole fleet
     */
    record Half(EngineRole role, KvConnector connector, Transfers transfers) { }

    /**
     * What an engine serves.
     *
     * @param models       the names of the model; the first is the one that counts
     * @param maxModelLen  prompt and output tokens of one request at most
     * @param outputTokens how long an answer is that no {@code max_tokens} cuts short
     * @param maxLoras     adapters loaded at most
     */
    record Card(List<String> models, int maxModelLen, int outputTokens, int maxLoras) {
        Card {
            models = List.copyOf(models);
            if (models.isEmpty() || maxModelLen < 2 || outputTokens < 1) {
                throw new IllegalArgumentException("engine: models " + models + ", max-model-len " + maxModelLen
                        + ", output-tokens " + outputTokens + " (expected: a model, 2 or more, 1 or more)");
            }
        }

        String model() {
            return models.getFirst();
        }
    }

    /**
     * The size of the prefix cache.
     *
     * @param blocks      how many
     * @param blockTokens tokens in each
     */
    record KvCache(int blocks, int blockTokens) { }

    /**
     * How an engine speaks HTTP.
     *
     * @param host        the address to listen on
     * @param keepAlive   how long a connection may idle after an answer; zero for ever
     * @param announce    whether answers say so in {@code Keep-Alive} (uvicorn's do not)
     * @param apiKey      what {@code Authorization} must bear, or null for anything
     * @param faultHeader whether requests may ask for a fault in {@code x-sim-fault}
     */
    record Http(String host, Duration keepAlive, boolean announce, @Nullable String apiKey, boolean faultHeader) {
        String keepAliveFields() {
            return announce
                    ? "connection: keep-alive\r\nkeep-alive: timeout=" + keepAlive.toSeconds() + "\r\n"
                    : "";
        }
    }
}
