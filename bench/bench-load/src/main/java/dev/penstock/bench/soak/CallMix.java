package dev.penstock.bench.soak;

import dev.penstock.bench.sim.Fault;
import dev.penstock.bench.sim.FaultPlan;
import dev.penstock.bench.soak.Call.Behavior;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Makes requests of all kinds; the number of a request and the seed say all about it. Any thread. */
final class CallMix {
    private static final List<String> STRATEGIES =
            List.of("random", "round-robin", "least-request", "power-of-two", "session-affinity");
    private static final long STRIDE = 0x9E3779B97F4A7C15L;
    private static final int SLOW_TOKENS = 300;

    private final long seed;
    private final List<String> models;
    private final @Nullable FaultPlan faults;
    private final boolean http2;

    /**
     * A mix.
     *
     * @param models the models that there are
     * @param faults what requests ask engines to do wrong, or null for well-behaved requests that all can be answered
     * @param http2  whether they are sent over HTTP/2
     */
    CallMix(long seed, List<String> models, @Nullable FaultPlan faults, boolean http2) {
        this.seed = seed;
        this.models = List.copyOf(models);
        this.faults = faults;
        this.http2 = http2;
    }

    /** The request of this number, which may be the first of a batch. */
    Call call(long number) {
        SplittableRandom random = random(number);
        if (faults == null) {
            return good(number, random, false);
        }
        int dice = random.nextInt(1_000);
        if (dice < 40) {
            return BadCalls.pick(number, random, models.getFirst(), http2);
        }
        if (dice < 60) {
            return models(number);
        }
        boolean first = dice < 140 && !http2;
        return good(number, random, first);
    }

    /** The request of this number as a part of a batch: its answer is read to its end and keeps the connection. */
    Call follower(long number) {
        return good(number, random(number), true);
    }

    private SplittableRandom random(long number) {
        return new SplittableRandom(seed ^ (number + 1) * STRIDE);
    }

    private static Call models(long number) {
        byte[] head = CallBytes.get("/v1/models");
        return new Call(number, "GET /v1/models", head, 1,
                new Call.Wanted(Set.of(), Call.Form.JSON, 0, false, false, false, false, null),
                new Behavior.Patient(), 1);
    }

    private Call good(long number, SplittableRandom random, boolean batched) {
        CallBytes.Api api = api(random);
        Behavior behavior = batched || faults == null ? new Behavior.Patient() : behavior(random);
        boolean slow = behavior instanceof Behavior.Slow;
        boolean stream = api != CallBytes.Api.EMBEDDINGS && (slow || random.nextBoolean());
        boolean usage = stream && api.openAi() && random.nextInt(10) < 3;
        int tokens = slow ? SLOW_TOKENS : 1 + random.nextInt(16);
        Fault fault = faults == null || slow ? null : faulted(random);
        if (fault instanceof Fault.Trickle) {
            tokens = 1 + random.nextInt(2);
        }
        boolean old = !batched && !http2;
        boolean http10 = old && random.nextInt(100) < 2;
        boolean closes = http10 || (old && random.nextInt(100) < 5);
        boolean chunked = !http10 && old && random.nextInt(100) < 8;
        CallBytes bytes = new CallBytes(api, models.get(random.nextInt(models.size())))
                .prompt(promptLength(random, batched)).tokens(tokens).stream(stream, usage).http10(http10)
                .close(closes);
        if (fault != null) {
            bytes.header("x-sim-fault", share(random, fault));
        }
        if (!http10 && old && random.nextInt(100) < 3) {
            bytes.header("Expect", "100-continue");
        }
        if (random.nextInt(10) == 0) {
            bytes.header("routing-strategy", strategy(random));
        }
        Call.Wanted wanted = new Call.Wanted(Set.of(), stream ? api.form() : Call.Form.JSON,
                stream ? tokens + api.otherEvents() + (usage ? 1 : 0) : 0, usage,
                api == CallBytes.Api.MESSAGES, http10, closes, fault);
        String name = api.path() + (stream ? " stream" : "") + (http10 ? " 1.0" : "") + (chunked ? " chunked" : "")
                + (fault == null ? "" : " " + fault) + (slow ? " slow" : "");
        return new Call(number, name, bytes.toBytes(chunked, random), pieces(random, batched), wanted,
                behavior, batched ? 2 + random.nextInt(3) : 1);
    }

    private String strategy(SplittableRandom random) {
        if (faults != null && random.nextInt(4) == 0) {
            return random.nextInt(4) > 0 ? UnreliableRouters.UNRELIABLE
                    : UnreliableRouters.HANGING.get(random.nextInt(UnreliableRouters.HANGING.size()));
        }
        return STRATEGIES.get(random.nextInt(STRATEGIES.size()));
    }

    private static CallBytes.Api api(SplittableRandom random) {
        int dice = random.nextInt(100);
        if (dice < 45) {
            return CallBytes.Api.CHAT;
        } else if (dice < 65) {
            return CallBytes.Api.COMPLETIONS;
        } else if (dice < 76) {
            return CallBytes.Api.EMBEDDINGS;
        } else if (dice < 88) {
            return CallBytes.Api.MESSAGES;
        }
        return CallBytes.Api.RESPONSES;
    }

    private Behavior behavior(SplittableRandom random) {
        int dice = random.nextInt(1_000);
        if (dice < 20) {
            return new Behavior.LeavesSending(random.nextInt(400), random.nextBoolean());
        } else if (dice < 60) {
            return new Behavior.LeavesReading(random.nextInt(1_500), random.nextBoolean());
        } else if (dice < 63) {
            return new Behavior.Slow(1);
        } else if (dice < 70 && !http2) {
            return new Behavior.HalfCloses();
        }
        return new Behavior.Patient();
    }

    private static int promptLength(SplittableRandom random, boolean batched) {
        int dice = random.nextInt(200);
        if (dice == 0 && !batched) {
            return 64 * 1024 + random.nextInt(192 * 1024);
        }
        return dice < 10 && !batched ? 4_000 + random.nextInt(20_000) : 1 + random.nextInt(600);
    }

    private static int pieces(SplittableRandom random, boolean batched) {
        return batched || random.nextInt(100) < 90 ? 1 : 2 + random.nextInt(4);
    }

    private @Nullable Fault faulted(SplittableRandom random) {
        FaultPlan plan = faults;
        if (plan == null) {
            return null;
        }
        double point = random.nextDouble();
        for (FaultPlan.Entry entry : plan.entries()) {
            point -= entry.share();
            if (point < 0) {
                return entry.fault();
            }
        }
        return null;
    }

    /** Not always, so that a retry may help. */
    private static String share(SplittableRandom random, Fault fault) {
        return (50 + random.nextInt(51)) + "% " + FaultNames.of(fault);
    }
}
