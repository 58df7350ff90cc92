package dev.penstock.routers.pieces;

import dev.penstock.spi.Filter;
import dev.penstock.spi.Gauge;
import dev.penstock.spi.PodLoad;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.SettingSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The filters of this plugin, each a class of its own, because that is how a host finds them. */
public final class Filters {

    private static final String MOST = "most";
    private static final String LABEL = "label";
    private static final String VALUES = "values";

    private Filters() {}

    /** Offers {@code label-filter}: pods with a label, or with certain values of it. */
    public static final class Label extends FilterProvider {
        /** By the service loader. */
        public Label() {
            super("label-filter", List.of(
                    new SettingSpec(LABEL, SettingSpec.Type.TEXT, "", "label that a pod must have; empty for any pod"),
                    new SettingSpec(VALUES, SettingSpec.Type.TEXT, "",
                            "values that it may have, with commas between them; empty for any")), Label::filter);
        }

        private static Filter filter(RouterEnvironment environment) {
            String label = environment.text(LABEL).trim();
            Set<String> values = Arrays.stream(environment.text(VALUES).split(",", -1)).map(String::trim)
                    .filter(value -> !value.isEmpty()).collect(Collectors.toSet());
            return (context, candidate) -> {
                String value = context.candidates().get(candidate).labels().get(label);
                return label.isEmpty() || (value != null && (values.isEmpty() || values.contains(value)));
            };
        }
    }

    /** Offers {@code max-in-flight-filter}: pods with few requests in flight. */
    public static final class MaxInFlight extends FilterProvider {
        /** By the service loader. */
        public MaxInFlight() {
            super("max-in-flight-filter", List.of(new SettingSpec(MOST, SettingSpec.Type.INTEGER, "16",
                    "requests in flight with which a pod may get one more, those of replicas included")),
                    MaxInFlight::filter);
        }

        private static Filter filter(RouterEnvironment environment) {
            PodLoad load = environment.load();
            long most = environment.integer(MOST);
            return (context, candidate) -> load.inFlight(context.candidates().get(candidate)) <= most;
        }
    }

    /** Offers {@code kv-usage-filter}: pods whose KV cache has room. */
    public static final class KvUsage extends FilterProvider {
        /** By the service loader. */
        public KvUsage() {
            super("kv-usage-filter", List.of(new SettingSpec(MOST, SettingSpec.Type.DECIMAL, "0.9",
                    "share of its KV cache that a pod may have in use, 0 to 1")),
                    environment -> atMost(environment, Gauge.KV_CACHE_USAGE, environment.decimal(MOST)));
        }
    }

    /** Offers {@code queue-length-filter}: pods in which few requests wait. */
    public static final class QueueLength extends FilterProvider {
        /** By the service loader. */
        public QueueLength() {
            super("queue-length-filter", List.of(new SettingSpec(MOST, SettingSpec.Type.INTEGER, "5",
                    "requests that may wait in the engine of a pod, as it last told")),
                    environment -> atMost(environment, Gauge.WAITING, (double) environment.integer(MOST)));
        }
    }

    // A pod of which nothing is known may be chosen: a gauge that is missing must not take a fleet away.
    private static Filter atMost(RouterEnvironment environment, Gauge gauge, double most) {
        PodLoad load = environment.load();
        return (context, candidate) -> !(load.gauge(context.candidates().get(candidate), gauge) > most);
    }
}
