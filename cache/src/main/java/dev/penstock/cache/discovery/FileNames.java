package dev.penstock.cache.discovery;

import dev.penstock.cache.snapshot.AdapterSpec;
import dev.penstock.core.model.TrafficSplit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * The names of one file that clients may send: models, aliases, adapters; and what is split over them. Confined to the
 * reader of one text.
 */
final class FileNames {

    private static final Set<String> ADAPTER_KEYS = Set.of("name", "endpoints");

    private record Part(String split, String model, Node node) {}

    private final YamlSource source;
    private final Set<String> known = new HashSet<>();
    private final Set<String> splits = new HashSet<>();
    private final List<Part> parts = new ArrayList<>();
    /** Addresses of the endpoints, by adapter. */
    private final Map<String, Set<String>> adapters = new LinkedHashMap<>();

    FileNames(YamlSource source) {
        this.source = source;
    }

    /** A name that nothing else in the file may have. */
    void claim(String name, Node node) {
        if (!known.add(name)) {
            source.error(node, "the name " + name + " is given twice, to models, aliases or adapters");
        }
    }

    /** The aliases of a model; empty where there are none. */
    Set<String> aliases(String model, @Nullable Node list) {
        Set<String> aliases = new LinkedHashSet<>();
        if (list != null) {
            for (Node each : source.items(list, "aliases of " + model)) {
                String alias = source.text(each, "alias of " + model);
                if (alias != null) {
                    claim(alias, each);
                    aliases.add(alias);
                }
            }
        }
        return aliases;
    }

    /**
     * The adapters of a model: names, or names with the endpoints that have them.
     *
     * @param addresses the endpoints of the model
     */
    void adapters(String model, Node list, Set<String> addresses) {
        for (Node each : source.items(list, "adapters of " + model)) {
            Map<String, Node> entries = each instanceof ScalarNode ? Map.of("name", each)
                    : source.mapping(each, "adapter of " + model, ADAPTER_KEYS);
            Node nameNode = entries == null ? null : entries.get("name");
            if (entries != null && nameNode == null) {
                source.error(each, "adapter of " + model + ": name is missing");
            }
            String name = nameNode == null ? null : source.text(nameNode, "adapter of " + model);
            if (entries != null && nameNode != null && name != null) {
                claim(name, nameNode);
                Node some = entries.get("endpoints");
                adapters.put(name, some == null ? Set.copyOf(addresses) : endpoints(model, name, some, addresses));
            }
        }
    }

    private Set<String> endpoints(String model, String adapter, Node list, Set<String> addresses) {
        Set<String> chosen = new HashSet<>();
        for (Node each : source.items(list, "endpoints of " + adapter)) {
            EndpointAddress address = EndpointAddress.read(each, source);
            if (address != null && !addresses.contains(address.canonical())) {
                source.error(each, "adapter " + adapter + ": " + model + " has no endpoint " + address.canonical());
            } else if (address != null) {
                chosen.add(address.canonical());
            }
        }
        return chosen;
    }

    /** The weights by which requests for a model are split over others; empty where they are not. */
    Map<String, Integer> split(String model, @Nullable Node node) {
        Map<String, Node> entries = node == null ? null : source.mapping(node, "split of " + model, Set.of());
        if (node == null || entries == null) {
            return Map.of();
        }
        Map<String, Integer> weights = new LinkedHashMap<>();
        entries.forEach((name, value) -> {
            Integer weight = weight(value);
            if (weight == null) {
                source.error(value, "split of " + model + ": expected a weight from 0 to " + TrafficSplit.MOST
                        + " for " + name);
            } else {
                weights.put(name, weight);
                parts.add(new Part(model, name, value));
            }
        });
        splits.add(model);
        try {
            TrafficSplit.of(weights);
            return weights;
        } catch (IllegalArgumentException e) {
            source.error(node, "split of " + model + ": " + e.getMessage());
            return Map.of();
        }
    }

    private static @Nullable Integer weight(Node node) {
        try {
            int weight = node instanceof ScalarNode scalar ? Integer.parseInt(scalar.getValue()) : -1;
            return weight < 0 || weight > TrafficSplit.MOST ? null : weight;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Finds what is split over names that there are not, when all are known. */
    void check() {
        for (Part part : parts) {
            if (!known.contains(part.model())) {
                source.error(part.node(), "split of " + part.split() + ": there is no model " + part.model());
            } else if (splits.contains(part.model()) && !part.model().equals(part.split())) {
                source.error(part.node(), "split of " + part.split() + ": " + part.model() + " is split itself");
            }
        }
    }

    /** The adapters, by the names of the pods at their addresses. */
    List<AdapterSpec> adapters(Map<String, FilePod> pods) {
        List<AdapterSpec> specs = new ArrayList<>();
        adapters.forEach((name, addresses) -> {
            Set<String> names = new HashSet<>();
            for (String address : addresses) {
                FilePod pod = pods.get(address);
                if (pod != null) {
                    names.add(pod.name());
                }
            }
            specs.add(new AdapterSpec(FilePod.NAMESPACE, name, names));
        });
        return specs;
    }
}
