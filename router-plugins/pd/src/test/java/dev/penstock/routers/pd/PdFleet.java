package dev.penstock.routers.pd;

import dev.penstock.spi.Gauge;
import dev.penstock.spi.Plan;
import dev.penstock.spi.RouterProvider;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import dev.penstock.testkit.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A shard with {@code pd}, found as the host finds it, and pods in roles; sees the plans as the router says them. */
final class PdFleet {

    final TestShard shard;
    private @Nullable Plan plan;

    private PdFleet(Map<String, String> settings, boolean prefixMatch) {
        TestShard.Builder builder = TestShard.builder();
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class)) {
            if (!prefixMatch && provider.name().equals("prefix-match")) {
                continue;
            }
            builder.router(provider, provider.name().equals(PdProvider.NAME) ? settings : Map.of());
        }
        shard = builder.build();
    }

    /** Nobody yet. */
    static PdFleet empty() {
        return new PdFleet(Map.of(), true);
    }

    /** Nobody yet, where nobody knows what pods have cached. */
    static PdFleet withoutPrefixMatch() {
        return new PdFleet(Map.of(), false);
    }

    /** Nobody yet, with settings: names and values in turn. */
    static PdFleet with(String... settings) {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            map.put(settings[i], settings[i + 1]);
        }
        return new PdFleet(map, true);
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
        Routed routed = shard.route(PdProvider.NAME, request);
        if (routed.fallbackReason() != null) {
            throw new AssertionError("pd did not choose: " + routed);
        }
        routed.ended();
        plan = routed.plan();
        return plan == null ? String.valueOf(routed.error()) : text(plan);
    }

    /** What becomes of a request for which a pod has failed. */
    String afterFailureOf(String pod) {
        Routed routed = shard.submit(PdProvider.NAME, FakeRequest.plain(), "", List.of(shard.pod(pod)));
        shard.serve();
        routed.ended();
        return text(Objects.requireNonNull(routed.plan()));
    }

    /** The last plan. */
    Plan plan() {
        return Objects.requireNonNull(plan, "no plan");
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
        return notes == null ? List.of() : new ArrayList<>(List.of(notes.split(", ?", -1)));
    }

    long counter(String event) {
        return shard.counter(PdProvider.NAME, event);
    }
}
