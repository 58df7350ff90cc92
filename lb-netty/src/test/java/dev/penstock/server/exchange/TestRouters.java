package dev.penstock.server.exchange;

import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.core.engine.StrategyCatalog;
import dev.penstock.spi.Candidates;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Needs;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import dev.penstock.spi.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Routers that a test can foresee. */
final class TestRouters {
    /** Requests that the router {@code silent} was asked about. */
    final BlockingQueue<RoutingContext> silent = new LinkedBlockingQueue<>();
    /** Prompts that the router {@code reader} was shown. */
    final BlockingQueue<String> prompts = new LinkedBlockingQueue<>();
    /** Hashes that the router {@code hasher} was shown. */
    final BlockingQueue<long[]> hashes = new LinkedBlockingQueue<>();
    /** Tokens that routers were shown. */
    final BlockingQueue<int[]> tokens = new LinkedBlockingQueue<>();
    /** What the routers heard of the ends of requests. */
    final BlockingQueue<Usage> ends = new LinkedBlockingQueue<>();
    /** What the router {@code stuck} waits for. */
    final CountDownLatch release = new CountDownLatch(1);

    StrategyCatalog catalog() {
        List<Strategy> all = new ArrayList<>(one());
        for (String connector : List.of("shfs", "nixl", "mooncake", "sglang", "trtllm", "other")) {
            all.add(strategy("pair-" + connector, Needs.NOTHING, true, context -> pair(context, connector)));
        }
        return new StrategyCatalog(all);
    }

    /** The first of two prefill pods, the first of two decode pods. */
    private static void pair(RoutingContext context, String connector) {
        PodView prefill = firstOf(context.candidates(), 0, 1);
        PodView decode = firstOf(context.candidates(), 2, 3);
        if (prefill == null || decode == null) {
            context.fail(ErrorCode.PREFILL_NOT_READY);
        } else {
            context.select(new Plan.PrefillDecode(prefill, decode, connector));
        }
    }

    private static @Nullable PodView firstOf(Candidates candidates, int from, int to) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).slot() >= from && candidates.get(i).slot() <= to) {
                return candidates.get(i);
            }
        }
        return null;
    }

    private List<Strategy> one() {
        return List.of(
                strategy("first", Needs.NOTHING, true, context -> context.select(context.candidates().get(0))),
                strategy("least", Needs.NOTHING, true, TestRouters::least),
                strategy("silent", Needs.NOTHING, true, silent::add),
                strategy("failing", Needs.NOTHING, true,
                        context -> context.fail(ErrorCode.SHED)),
                strategy("marking", Needs.NOTHING, true, context -> {
                    context.responseHeader("x-session-id", "marked");
                    context.note("marking=first");
                    context.select(context.candidates().get(0));
                }),
                strategy("profiled", Needs.NOTHING, true, context -> {
                    context.responseHeader("x-profile", String.valueOf(context.request().configProfile()));
                    context.responseHeader("x-routing-config", String.valueOf(context.request().routingConfig()));
                    context.select(context.candidates().get(0));
                }),
                strategy("elsewhere", Needs.NOTHING, true, context -> Thread.ofPlatform().start(
                        () -> context.select(context.candidates().get(0)))),
                strategy("stuck", Needs.NOTHING, false, context -> stuck()),
                strategy("reader", Needs.TEXT, true, context -> {
                    prompts.add(context.request().prompt());
                    context.select(context.candidates().get(0));
                }),
                tokenizing("auto"),
                tokenizing("characters"),
                tokenizing("cl100k_base"),
                tokenizing("remote"),
                strategy("hasher", Needs.hashes(16), true, context -> {
                    hashes.add(context.request().prefixHashes());
                    context.select(context.candidates().get(0));
                }));
    }

    /** A router that reads tokens, by the name of the tokenizer. */
    private Strategy tokenizing(String tokenizer) {
        return strategy("by-" + tokenizer.replace('_', '-'), Needs.tokens(tokenizer), true, context -> {
            tokens.add(context.request().tokens());
            context.select(context.candidates().get(0));
        });
    }

    private void stuck() {
        try {
            release.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void least(RoutingContext context) {
        Candidates candidates = context.candidates();
        PodView best = candidates.get(0);
        for (int i = 1; i < candidates.size(); i++) {
            if (context.load().inFlight(candidates.get(i)) < context.load().inFlight(best)) {
                best = candidates.get(i);
            }
        }
        context.select(best);
    }

    private Strategy strategy(String name, Needs needs, boolean onLoop, Consumer<RoutingContext> how) {
        RouterProvider provider = new RouterProvider() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Needs needs() {
                return needs;
            }

            @Override
            public Router create(RouterEnvironment environment) {
                return new Router() {
                    @Override
                    public void route(RoutingContext context) {
                        how.accept(context);
                    }

                    @Override
                    public void ended(RoutingContext context, PodView endpoint, Usage usage) {
                        ends.add(usage);
                    }
                };
            }
        };
        return Strategy.of(provider, PluginSettings.read(name, provider.settings(), Map.of()), onLoop, "test");
    }
}
