package dev.penstock.server.exchange;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.engine.Dispatcher;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.Health;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.Pins;
import dev.penstock.core.port.RequestTracker;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.server.accesslog.AccessLog;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.body.BodyBudget;
import dev.penstock.server.claims.ClaimSettings;
import dev.penstock.server.config.TimingSettings.ServerTiming;
import dev.penstock.server.disaggregated.PrefillSettings;
import dev.penstock.server.tokens.Tokenizers;
import dev.penstock.server.upstream.UpstreamTransport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Everything that the path of a request needs of others.
 *
 * @param dispatcher hands attempts to the shards
 * @param snapshots the fleet
 * @param health is told how endpoints fare
 * @param strategies the strategies that there are
 * @param settings the live settings; read once by each request
 * @param keys who is let in
 * @param admission limits
 * @param tracker counts requests from beginning to end
 * @param pins which endpoint holds a response
 * @param budget bytes of bodies that may be held
 * @param metrics numbers for the operator
 * @param clock the time
 * @param transport what connections to pods are made of
 * @param limits what is fixed at the start
 * @param forwarding who is believed about where requests come from, and what pods are told
 * @param tokenizers make tokens of prompts
 * @param claims how models that sleep are woken
 * @param prefill how prompts are computed at endpoints of their own
 * @param accessLog who writes of requests that have ended
 * @param serverTiming which answers tell where the time went
 */
public record ProxyContext(Dispatcher dispatcher, SnapshotSource snapshots, Health health, StrategyCatalog strategies,
        Supplier<LiveSettings> settings, ClientKeys keys, Admission admission, RequestTracker tracker, Pins pins,
        BodyBudget budget, Metrics metrics, NanoClock clock, UpstreamTransport transport, Limits limits,
        ForwardingRules forwarding, Tokenizers tokenizers, ClaimSettings claims, PrefillSettings prefill,
        AccessLog accessLog, ServerTiming serverTiming) {

    /**
     * What is fixed at the start.
     *
     * @param initialLineBytes longest request line
     * @param headerBytes longest head without the request line
     * @param headers most headers of a request
     * @param connections most connections of clients; 0 for no bound
     * @param connectionsOfAddress most of them from one address; 0 for no bound
     * @param seed from which the random numbers of request ids are made
     * @param prefixSeed by which prompts are hashed; changes where replicas agree on another one
     */
    public record Limits(int initialLineBytes, int headerBytes, int headers, int connections,
            int connectionsOfAddress, long seed, LongSupplier prefixSeed) {

        /** Limits of a process without replicas. */
        public Limits(int initialLineBytes, int headerBytes, int headers, int connections, int connectionsOfAddress,
                long seed) {
            this(initialLineBytes, headerBytes, headers, connections, connectionsOfAddress, seed, () -> seed);
        }

        /** Limits that suit most: 8 KiB, 64 KiB, 256 headers, any number of connections. */
        public static Limits standard(long seed) {
            return new Limits(8 * 1024, 64 * 1024, 256, 0, 0, seed);
        }
    }
}
