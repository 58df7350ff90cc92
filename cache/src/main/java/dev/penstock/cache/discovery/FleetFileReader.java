package dev.penstock.cache.discovery;

import dev.penstock.cache.profiles.ProfileNodes;
import dev.penstock.cache.snapshot.FleetSpec;
import dev.penstock.cache.snapshot.ModelSpec;
import dev.penstock.core.model.ConfigProfiles;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Makes a fleet of the text of one file. Confined to its caller, for one text. */
final class FleetFileReader {

    private static final Set<String> TOP_KEYS = Set.of("models");
    private static final Set<String> MODEL_KEYS = Set.of("name", "engine", "endpoints", "rolesets", "labels",
            "aliases", "adapters", "split", "strategy", "locked-strategy", "pool", "profiles", "default-profile");
    private static final Set<String> ENDPOINT_KEYS = Set.of("address", "name", "labels", "group");
    private static final Set<String> ROLESET_KEYS = Set.of("name", "prefill", "decode");
    /** In place of endpoints: other sources tell which pods serve the model. */
    private static final String DISCOVERED = "discovered";
    private static final Set<String> ROLES = Set.of("prefill", "decode");
    /** Most mentions of endpoints: YAML aliases could make a small file say more than memory holds. */
    private static final int MOST_MENTIONS = 250_000;

    private final YamlSource source;
    private final FleetFile.Scope scope;
    private final Set<String> pools;
    private final Map<String, FilePod> pods = new LinkedHashMap<>();
    private final List<ModelSpec> models = new ArrayList<>();
    private final FileNames names;
    private int mentions;

    /**
     * A reader.
     *
     * @param pools the pools that there are beside those which the text itself describes
     */
    FleetFileReader(YamlSource source, FleetFile.Scope scope, Set<String> pools) {
        this.source = source;
        this.scope = scope;
        this.pools = new HashSet<>(pools);
        this.names = new FileNames(source);
    }

    /** What the text says; of no meaning where the source has errors. */
    FleetSpec read(String text) {
        Node root = source.root(text);
        if (source.errors().isEmpty()) {
            readModels(root);
            podNames();
            names.check();
        }
        if (!source.errors().isEmpty()) {
            return new FleetSpec(List.of(), List.of());
        }
        return new FleetSpec(pods.values().stream().map(FilePod::spec).toList(), models,
                names.adapters(pods));
    }

    private void readModels(@Nullable Node root) {
        if (root == null || YamlSource.absent(root)) {
            source.error("models: missing");
            return;
        }
        Set<String> known = scope == FleetFile.Scope.WHOLE ? TOP_KEYS : Set.of();
        Map<String, Node> top = source.mapping(root, "the file", known);
        if (top == null) {
            return;
        }
        if (scope == FleetFile.Scope.SECTION) {
            readPools(top.get("pools"));
        }
        Node list = top.get("models");
        if (list == null) {
            source.error("models: missing");
            return;
        }
        for (Node model : source.items(list, "models")) {
            if (source.full()) {
                return;
            }
            readModel(model);
        }
    }

    // Names only: whoever connects reads the rest, and says what is wrong with it.
    private void readPools(@Nullable Node list) {
        if (list instanceof SequenceNode sequence) {
            for (Node pool : sequence.getValue()) {
                if (pool instanceof MappingNode mapping) {
                    for (NodeTuple entry : mapping.getValue()) {
                        if (entry.getKeyNode() instanceof ScalarNode key && key.getValue().equals("name")
                                && entry.getValueNode() instanceof ScalarNode name) {
                            pools.add(name.getValue().strip());
                        }
                    }
                }
            }
        }
    }

    private @Nullable String pool(String model, @Nullable Node node) {
        String pool = node == null ? null : source.text(node, "pool of " + model);
        if (node != null && pool != null && !pools.contains(pool)) {
            source.error(node, "model " + model + ": there is no pool " + pool
                    + (pools.isEmpty() ? "" : " (known: " + String.join(", ", new TreeSet<>(pools)) + ")"));
        }
        return pool;
    }

    private void readModel(Node node) {
        Map<String, Node> model = source.mapping(node, "model", MODEL_KEYS);
        if (model == null) {
            return;
        }
        Node nameNode = model.get("name");
        if (nameNode == null) {
            source.error(node, "model: name is missing");
            return;
        }
        String name = source.text(nameNode, "name");
        if (name == null) {
            return;
        }
        names.claim(name, nameNode);
        Set<String> aliases = names.aliases(name, model.get("aliases"));
        Map<String, Integer> split = names.split(name, model.get("split"));
        models.add(new ModelSpec(name, aliases, optional(model, "strategy"), optional(model, "locked-strategy"),
                split).withProfiles(profiles(node, name, model)));
        Set<String> addresses = readEndpoints(node, name, model);
        Node adapters = model.get("adapters");
        if (adapters != null) {
            names.adapters(name, adapters, addresses);
        }
    }

    private @Nullable String optional(Map<String, Node> model, String key) {
        Node node = model.get(key);
        return node == null ? null : source.text(node, key);
    }

    private @Nullable ConfigProfiles profiles(Node node, String name, Map<String, Node> model) {
        Node profiles = model.get("profiles");
        String byDefault = optional(model, "default-profile");
        if (profiles == null) {
            if (byDefault != null) {
                source.error(node, "model " + name + ": default-profile without profiles");
            }
            return null;
        }
        return new ProfileNodes((at, reason) -> source.error(at, "model " + name + ": " + reason), true)
                .of(profiles, null, false, byDefault);
    }

    /** The addresses of a model's endpoints. */
    private Set<String> readEndpoints(Node node, String name, Map<String, Node> model) {
        Node endpoints = model.get("endpoints");
        Node rolesets = model.get("rolesets");
        boolean elsewhere = endpoints instanceof ScalarNode scalar && scalar.getValue().equals(DISCOVERED);
        if (endpoints != null && rolesets != null) {
            source.error(node, "model " + name + ": expected either endpoints or rolesets");
        } else if (endpoints == null && rolesets == null && !model.containsKey("split")) {
            source.error(node, "model " + name + ": expected endpoints, rolesets or split");
        }
        Listing listing = new Listing(name, model.get("engine"), optional(model, "engine"),
                labels(model.get("labels"), "labels of " + name), pool(name, model.get("pool")), new HashSet<>());
        if (endpoints != null && rolesets == null && !elsewhere) {
            for (Node each : source.items(endpoints, "endpoints of " + name)) {
                readEndpoint(each, listing, Map.of());
            }
        } else if (rolesets != null && endpoints == null) {
            Set<String> known = new HashSet<>();
            for (Node each : source.items(rolesets, "rolesets of " + name)) {
                readRoleset(each, listing, known);
            }
        }
        return listing.seen();
    }

    /** What a model says of all its endpoints, and which it has listed so far. */
    private record Listing(String model, @Nullable Node engineNode, @Nullable String engine,
            Map<String, Node> labels, @Nullable String pool, Set<String> seen) {}

    private void readRoleset(Node node, Listing listing, Set<String> known) {
        Map<String, Node> roleset = source.mapping(node, "roleset of " + listing.model(), ROLESET_KEYS);
        if (roleset == null) {
            return;
        }
        Node nameNode = roleset.get("name");
        if (nameNode == null) {
            source.error(node, "roleset of " + listing.model() + ": name is missing");
            return;
        }
        String name = source.text(nameNode, "name of the roleset");
        if (name == null) {
            return;
        }
        if (!known.add(name)) {
            source.error(nameNode, "model " + listing.model() + " has two rolesets " + name);
        }
        if (!roleset.containsKey("prefill") && !roleset.containsKey("decode")) {
            source.error(node, "roleset " + name + ": expected prefill, decode or both");
        }
        for (Map.Entry<String, Node> role : roleset.entrySet()) {
            if (ROLES.contains(role.getKey())) {
                Map<String, String> labels = Map.of("roleset-name", name, "role-name", role.getKey());
                for (Node each : source.items(role.getValue(), role.getKey() + " of " + name)) {
                    readEndpoint(each, listing, labels);
                }
            }
        }
    }

    private void readEndpoint(Node node, Listing listing, Map<String, String> roleLabels) {
        if (source.full() || tooMany(node)) {
            return;
        }
        Node addressNode = node;
        Map<String, Node> endpoint = Map.of();
        if (!(node instanceof ScalarNode)) {
            Map<String, Node> entries = source.mapping(node, "endpoint of " + listing.model(), ENDPOINT_KEYS);
            if (entries == null) {
                return;
            }
            endpoint = entries;
            Node found = entries.get("address");
            if (found == null) {
                source.error(node, "endpoint of " + listing.model() + ": address is missing");
                return;
            }
            addressNode = found;
        }
        EndpointAddress address = EndpointAddress.read(addressNode, source);
        if (address == null) {
            return;
        }
        String canonical = address.canonical();
        if (!listing.seen().add(canonical)) {
            source.error(addressNode, "model " + listing.model() + " lists " + canonical + " twice");
            return;
        }
        FilePod pod = pods.computeIfAbsent(canonical, key -> new FilePod(address));
        pod.models.add(listing.model());
        if (listing.engine() != null && listing.engineNode() != null) {
            pod.engine(listing.engine(), listing.engineNode(), source);
        }
        if (listing.pool() != null) {
            pod.pool(listing.pool(), addressNode, source);
        }
        describe(pod, node, endpoint, listing, roleLabels);
    }

    private void describe(FilePod pod, Node node, Map<String, Node> endpoint, Listing listing,
            Map<String, String> roleLabels) {
        roleLabels.forEach((key, value) -> pod.label(key, value, node, source));
        Map<String, Node> labels = new LinkedHashMap<>(listing.labels());
        // What is said of the endpoint itself holds over what is said of all.
        labels.putAll(labels(endpoint.get("labels"), "labels"));
        labels.forEach((key, value) -> {
            if (value instanceof ScalarNode scalar) {
                pod.label(key, YamlSource.absent(value) ? "" : scalar.getValue(), value, source);
            }
        });
        Node nameNode = endpoint.get("name");
        String name = nameNode == null ? null : source.text(nameNode, "name");
        if (nameNode != null && name != null) {
            pod.name(name, nameNode, source);
        }
        Node groupNode = endpoint.get("group");
        String group = groupNode == null ? null : source.text(groupNode, "group");
        if (groupNode != null && group != null) {
            pod.group(group, groupNode, source);
        }
    }

    private boolean tooMany(Node node) {
        if (++mentions == MOST_MENTIONS) {
            source.error(node, "more than " + MOST_MENTIONS + " endpoints");
        }
        return mentions >= MOST_MENTIONS;
    }

    private Map<String, Node> labels(@Nullable Node node, String what) {
        if (node == null) {
            return Map.of();
        }
        Map<String, Node> labels = source.mapping(node, what, Set.of());
        if (labels == null) {
            return Map.of();
        }
        labels.forEach((key, value) -> {
            if (!(value instanceof ScalarNode)) {
                source.error(value, what + ": expected a text for " + key);
            }
        });
        return labels;
    }

    private void podNames() {
        Map<String, FilePod> byName = new LinkedHashMap<>();
        for (FilePod pod : pods.values()) {
            FilePod other = byName.putIfAbsent(pod.name(), pod);
            if (other != null) {
                source.error("the name " + pod.name() + " is given to " + other.address.canonical() + " and to "
                        + pod.address.canonical());
            }
        }
    }
}
