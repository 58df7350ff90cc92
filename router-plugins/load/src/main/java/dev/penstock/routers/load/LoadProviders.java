package dev.penstock.routers.load;

import dev.penstock.spi.Needs;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/** The strategies of this plugin, each a class of its own, because that is how a host finds them. */
public final class LoadProviders {

    private static final long ANY_LENGTH = 100;

    private LoadProviders() {}

    /** A strategy that takes the least of what engines report. */
    abstract static class LeastReported extends LoadProvider {

        LeastReported(String name, List<Basis> bases) {
            super(name, List.of(probe()), Needs.NOTHING,
                    environment -> new LeastReportedRouter(environment, name, bases, ANY_LENGTH));
        }
    }

    /** Offers {@code least-busy-time}. */
    public static final class LeastBusyTime extends LeastReported {
        /** By the service loader. */
        public LeastBusyTime() {
            super("least-busy-time", Bases.LEAST_BUSY_TIME);
        }
    }

    /** Offers {@code least-latency}. */
    public static final class LeastLatency extends LoadProvider {

        private static final String STRATEGY = "least-latency";
        private static final String OUTPUT_TOKENS = "output-tokens";

        /** By the service loader. */
        public LeastLatency() {
            super(STRATEGY, List.of(probe(), Specs.integer(OUTPUT_TOKENS, ANY_LENGTH,
                            "tokens of an answer where nothing is known of the model's")),
                    Needs.NOTHING, environment -> new LeastReportedRouter(environment, STRATEGY, Bases.LEAST_LATENCY,
                            environment.integer(OUTPUT_TOKENS)));
        }
    }

    /** Offers {@code least-kv-cache}. */
    public static final class LeastKvCache extends LeastReported {
        /** By the service loader. */
        public LeastKvCache() {
            super("least-kv-cache", Bases.LEAST_KV_CACHE);
        }
    }

    /** Offers {@code least-gpu-cache}. */
    public static final class LeastGpuCache extends LeastReported {
        /** By the service loader. */
        public LeastGpuCache() {
            super("least-gpu-cache", Bases.LEAST_GPU_CACHE);
        }
    }

    /** Offers {@code least-utilization}. */
    public static final class LeastUtilization extends LeastReported {
        /** By the service loader. */
        public LeastUtilization() {
            super("least-utilization", Bases.LEAST_UTILIZATION);
        }
    }

    /** Offers {@code throughput}. */
    public static final class Throughput extends LeastReported {
        /** By the service loader. */
        public Throughput() {
            super("throughput", Bases.THROUGHPUT);
        }
    }

    /** Offers {@code load-balance}. */
    public static final class LoadBalance extends LoadProvider {
        /** By the service loader. */
        public LoadBalance() {
            super(DrainRouter.STRATEGY, List.of(
                    Specs.decimal(DrainRouter.LEAST_SHARE, 0.1,
                            "a pod completes at least this share of the mean; more than 0, at most 1")),
                    Needs.NOTHING, DrainRouter::new);
        }
    }

    /** Offers {@code least-load}. */
    public static final class LeastLoad extends LoadProvider {
        /** By the service loader. */
        public LeastLoad() {
            super(LeastLoadRouter.STRATEGY, List.of(
                    Specs.decimal(LeastLoadRouter.KV_WEIGHT, 0.15,
                            "seconds that a KV cache in use by a half weighs as much as"),
                    Specs.decimal(LeastLoadRouter.PREFILL_RATE, 2_000,
                            "tokens a second that a pod prefills where none tells; more than 0"),
                    Specs.integer(LeastLoadRouter.PROMPT_TOKENS, 1_024,
                            "tokens of a prompt where nobody knows them; 1 or more")),
                    Needs.NOTHING, LeastLoadRouter::new);
        }
    }

    /** Offers {@code bucket}. */
    public static final class Bucket extends LoadProvider {
        /** By the service loader. */
        public Bucket() {
            super(BucketRouter.STRATEGY, List.of(
                    Specs.integer(BucketRouter.BALANCE_ABS, 32,
                            "where pods differ by more requests in flight than this, and"),
                    Specs.decimal(BucketRouter.BALANCE_REL, 1.0001,
                            "by more than this many times, the least busy one is chosen"),
                    Specs.integer(BucketRouter.FIRST_MAX, 4_096,
                            "tokens of the longest prompts until lengths are known; 1 or more"),
                    Specs.duration(BucketRouter.CUT_INTERVAL, "5s",
                            "time after which the lengths are divided among the pods anew")),
                    Needs.NOTHING, BucketRouter::new);
        }
    }

    /** Offers {@code bounded-hash}. */
    public static final class BoundedHash extends LoadProvider {
        /** By the service loader. */
        public BoundedHash() {
            super("bounded-hash", List.of(bound()), Needs.NOTHING,
                    environment -> new BoundedHashRouter(environment, "bounded-hash", RequestKey::ofSession));
        }
    }

    /** Offers {@code prefix-hash}. */
    public static final class PrefixHash extends LoadProvider {

        private static final String BLOCKS = "prefix-blocks";
        private static final int BLOCK_BYTES = 128;

        /** By the service loader. */
        public PrefixHash() {
            super("prefix-hash", List.of(bound(), Specs.integer(BLOCKS, 8,
                            "blocks of " + BLOCK_BYTES + " bytes at the beginning of a prompt that make its key; 1 or "
                                    + "more")),
                    Needs.hashes(BLOCK_BYTES), environment -> new BoundedHashRouter(environment, "prefix-hash",
                            RequestKey.ofPrefix(environment.integer(BLOCKS))));
        }
    }

    /** Offers {@code sticky-session}. */
    public static final class StickySession extends LoadProvider {
        /** By the service loader. */
        public StickySession() {
            super(StickySessionRouter.STRATEGY, List.of(
                    Specs.duration(StickySessionRouter.TTL, "2h",
                            "time after its last request until a session is forgotten; more than 0s"),
                    Specs.integer(StickySessionRouter.MAX_SESSIONS, 65_536,
                            "sessions that are remembered; the one that was idle for longest goes first; 1 or more")),
                    Needs.NOTHING, StickySessionRouter::new);
        }
    }

    private static SettingSpec probe() {
        return Specs.duration(LeastReportedRouter.PROBE, "10s",
                "time without data after which a pod counts as the best one until it was sent a request; 0s for never");
    }

    private static SettingSpec bound() {
        return Specs.decimal(BoundedHashRouter.FACTOR, 1.25,
                "no pod gets more than this many times the mean of requests in flight, rounded up; 1 or more");
    }
}
