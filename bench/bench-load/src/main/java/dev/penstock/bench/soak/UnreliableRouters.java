package dev.penstock.bench.soak;

import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.RoutingContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plugins that fail in every way a plugin can. None of it is an excuse for how a request ends. Holds no state. */
final class UnreliableRouters {
    /** The strategy that fails in each way but one. */
    static final String UNRELIABLE = "unreliable";
    /** Strategies that do not come back, each once; behind that they are not asked any more. */
    static final List<String> HANGING = IntStream.range(0, 4).mapToObj(i -> "hanging-" + i).toList();

    /** Longer than a router may take before it is given up, and not for ever: the thread ends with the soak. */
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final int HANGS_ONCE_IN = 40;

    private UnreliableRouters() {
    }

    /** All of them. */
    static List<RouterProvider> providers() {
        return Stream.concat(
                Stream.of(new Provider(UNRELIABLE, environment -> new Failing(environment.random())::route)),
                HANGING.stream().map(name -> new Provider(name, environment -> hanging(environment.random()))))
                .<RouterProvider>map(provider -> provider).toList();
    }

    private static Consumer<RoutingContext> hanging(RandomGenerator random) {
        return context -> {
            if (random.nextInt(HANGS_ONCE_IN) == 0) {
                long end = System.nanoTime() + HANG_NANOS;
                while (System.nanoTime() - end < 0) {
                    LockSupport.parkNanos(end - System.nanoTime());
                }
            }
            context.select(context.candidates().get(0));
        };
    }

    /** A provider of routers that do nothing but choose. */
    private record Provider(String name, Choosing choosing) implements RouterProvider {
        @Override
        public Router create(RouterEnvironment environment) {
            return choosing.in(environment)::accept;
        }
    }

    /** Makes what chooses. */
    private interface Choosing {
        Consumer<RoutingContext> in(RouterEnvironment environment);
    }

    /** Fails in another way each time. */
    private static final class Failing {
        private final RandomGenerator random;
        private @Nullable PodView earlier;

        private Failing(RandomGenerator random) {
            this.random = random;
        }

        @SuppressWarnings("NullAway") // An answer that is null is one of the ways.
        private void route(RoutingContext context) {
            PodView first = context.candidates().get(0);
            PodView stale = earlier;
            earlier = first;
            switch (random.nextInt(10)) {
                case 0 -> throw new IllegalStateException("a plugin's own mistake");
                case 1 -> throw new StackOverflowError("a plugin's own mistake");
                case 2 -> context.select((PodView) null);
                case 3 -> context.select(stale == null ? first : stale);
                case 4 -> context.abstain("mood");
                case 5 -> {
                    context.select(first);
                    context.select(first);
                }
                case 6 -> later(context, first, 2);
                case 7 -> later(context, first, 100);
                // Never.
                case 8 -> { }
                default -> context.select(first);
            }
        }

        private static void later(RoutingContext context, PodView endpoint, int millis) {
            Thread.ofVirtual().start(() -> {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
                context.select(endpoint);
            });
        }
    }
}
