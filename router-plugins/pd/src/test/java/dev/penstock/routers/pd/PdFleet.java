package dev.penstock.routers.pd;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.Needs;
import dev.penstock.spi.Plan;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A shard with {@code pd}, found as the host finds it, and pods in roles; sees the plans as the router says them. */
final class PdFleet {

    static final double NONE = Double.NaN;
    static final String FIRST = "set-1";

    final TestShard shard;
    private final Asked asked;

    private PdFleet(Map<String, String> settings) {
        TestShard.Builder builder = TestShard.builder();
        Asked pd = null;
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            if (provider.name().equals(PdProvider.NAME)) {
                pd = new Asked(provider);
                builder.router(pd, settings);
            } else {
                builder.router(provider);
            }
        }
        asked = Objects.requireNonNull(pd);
        shard = builder.build();
    }

    /** Nobody yet. */
    static PdFleet empty() {
        return new PdFleet(Map.of());
    }

    /** Nobody yet, with settings: names and values in turn. */
    static PdFleet with(String... settings) {
        Map<String, String> map = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        return new PdFleet(map);
    }

    /** Adds pods of a roleset: p or d and anything behind it by its first letter, others by their role's name. */
    PdFleet roleset(String name, String... pods) {
        for (String pod : pods) {
            String role = pod.startsWith("p") ? "prefill" : pod.startsWith("d") ? "decode" : "combined";
            pod(pod, "roleset-name", name, "role-name", role);
        }
        return this;
    }

    /** Adds a pod with labels: names and values in turn. */
    PdFleet pod(String name, String... labels) {
        shard.fleet().add(name);
        for (int i = 0; i < labels.length; i += 2) {
            shard.fleet().label(name, labels[i], labels[i + 1]);
        }
        return this;
    }

    PdFleet inFlight(String pod, int requests) {
        shard.load().inFlight(shard.pod(pod), requests);
        return this;
    }

    /** Says a figure; seen at once, though routers need not look before the reports are old. */
    PdFleet gauge(String pod, Gauge gauge, double value) {
        shard.load().gauge(shard.pod(pod), gauge, value);
        shard.clock().advance(Duration.ofNanos(Reports.LIFE_NANOS));
        return this;
    }

    /** Gives a pod one profile, the default one. */
    PdFleet profile(String pod, String routingConfig) {
        shard.fleet().annotation(pod, "model.aibrix.ai/config",
                "{\"profiles\": {\"default\": {\"routingConfig\": " + routingConfig + "}}}");
        return this;
    }

    /** What becomes of one request that ends at once. */
    String route() {
        return route(FakeRequest.plain());
    }

    /** {@code prefill>decode}, one name alone, or the error. */
    String route(FakeRequest request) {
        asked.plan = null;
        Routed routed = shard.route(PdProvider.NAME, request);
        if (routed.fallbackReason() != null) {
            throw new AssertionError("pd did not choose: " + routed);
        }
        routed.ended();
        return routed.error() != null ? String.valueOf(routed.error()) : text(plan());
    }

    /** The last plan. */
    Plan plan() {
        return Objects.requireNonNull(asked.plan, "no plan");
    }

    private static String text(Plan plan) {
        return plan instanceof Plan.PrefillDecode pair ? pair.prefill().name() + ">" + pair.decode().name()
                : plan.endpoint().name();
    }

    /** All that many requests become, one after the other. */
    Set<String> taken(FakeRequest request) {
        Set<String> taken = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            taken.add(route(request));
        }
        return taken;
    }

    Set<String> taken() {
        return taken(FakeRequest.plain());
    }

    /** What the client is told that wants to know. */
    List<String> notes() {
        return notes(FakeRequest.plain());
    }

    List<String> notes(FakeRequest request) {
        Routed routed = shard.route(PdProvider.NAME, request.wantingNotes());
        routed.ended();
        String notes = routed.headers().get("x-penstock-routing");
        return notes == null ? List.of() : new ArrayList<>(List.of(notes.split(", ?")));
    }

    long counter(String event) {
        return shard.counter(PdProvider.NAME, event);
    }

    /** Sees each plan on its way, and the candidates it was made of. */
    private static final class Asked implements RouterProvider {

        private final RouterProvider provider;
        private @Nullable Plan plan;

        private Asked(RouterProvider provider) {
            this.provider = provider;
        }

        @Override
        public String name() {
            return provider.name();
        }

        @Override
        public List<SettingSpec> settings() {
            return provider.settings();
        }

        @Override
        public Needs needs() {
            return provider.needs();
        }

        @Override
        public Router create(RouterEnvironment environment) {
            Router router = provider.create(environment);
            return new Seen(router, said -> plan = said);
        }
    }
}
