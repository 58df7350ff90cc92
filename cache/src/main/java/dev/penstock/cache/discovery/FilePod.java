package dev.penstock.cache.discovery;

import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.PodIdentity;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** An address of a file with all that the models which list it say of it. Confined to the reader of one text. */
final class FilePod {

    /** Namespace of all pods of files. */
    static final String NAMESPACE = "standalone";
    static final String DEFAULT_ENGINE = "vllm";
    /** The annotation by which a pod names the pool whose keys and encryption hold for it. */
    static final String POOL = "penstock.dev/pool";

    final EndpointAddress address;
    final Set<String> models = new LinkedHashSet<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private @Nullable String engine;
    private @Nullable String name;
    private @Nullable String group;
    private @Nullable String pool;

    FilePod(EndpointAddress address) {
        this.address = address;
    }

    String name() {
        return name == null ? address.podName() : name;
    }

    void name(String said, Node node, YamlSource source) {
        name = agreed("name", name, said, node, source);
    }

    void group(String said, Node node, YamlSource source) {
        group = agreed("group", group, said, node, source);
    }

    void engine(String said, Node node, YamlSource source) {
        engine = agreed("engine", engine, said, node, source);
    }

    void pool(String said, Node node, YamlSource source) {
        pool = agreed("pool", pool, said, node, source);
    }

    void label(String key, String said, Node node, YamlSource source) {
        labels.put(key, agreed("label " + key, labels.get(key), said, node, source));
    }

    private String agreed(String what, @Nullable String before, String said, Node node, YamlSource source) {
        if (before != null && !before.equals(said)) {
            source.error(node, address.canonical() + " has two values of " + what + ": " + before + " and " + said);
        }
        return said;
    }

    PodSpec spec() {
        String served = engine == null ? DEFAULT_ENGINE : engine;
        Map<String, String> all = new LinkedHashMap<>(labels);
        // A pod has one such label; of several models the first of the file is it.
        all.putIfAbsent("model.aibrix.ai/name", models.iterator().next());
        all.putIfAbsent("model.aibrix.ai/engine", served);
        all.putIfAbsent("model.aibrix.ai/port", Integer.toString(address.port()));
        // From the address alone: slot and figures of an endpoint outlive every edit that leaves its address.
        String uid = UUID.nameUUIDFromBytes(address.canonical().getBytes(StandardCharsets.UTF_8)).toString();
        return new PodSpec(new PodIdentity(NAMESPACE, name(), uid), address.host(), List.of(address.port()), group,
                served, true, all, pool == null ? Map.of() : Map.of(POOL, pool), models);
    }
}
