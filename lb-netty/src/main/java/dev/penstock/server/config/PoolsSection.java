package dev.penstock.server.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the section {@code pools} of a configuration file. Confined to the reader of one text. */
final class PoolsSection {

    private static final Set<String> POOL_KEYS = Set.of("name", "tls", "api-key-file", "authorization");
    private static final Set<String> TLS_KEYS = Set.of("ca", "certificate", "key", "server-name", "verify");

    private final String file;
    private final List<String> errors;

    /** A reader that adds what is wrong to a list. */
    PoolsSection(String file, List<String> errors) {
        this.file = file;
        this.errors = errors;
    }

    List<PoolSpec> read(Node node) {
        List<PoolSpec> pools = new ArrayList<>();
        if (node.getTag().equals(Tag.NULL)) {
            return pools;
        }
        if (!(node instanceof SequenceNode list)) {
            error(node, "pools: expected a list");
            return pools;
        }
        Set<String> names = new HashSet<>();
        for (Node each : list.getValue()) {
            PoolSpec pool = pool(each);
            if (pool == null) {
                continue;
            }
            if (!names.add(pool.name())) {
                error(each, "pools: the name " + pool.name() + " is given twice");
            }
            pools.add(pool);
        }
        return pools;
    }

    private @Nullable PoolSpec pool(Node node) {
        Map<String, Node> entries = entries(node, "pool", POOL_KEYS);
        if (entries == null) {
            return null;
        }
        String name = text(entries, "name", "pool: name");
        if (name == null) {
            if (!entries.containsKey("name")) {
                error(node, "pool: name is missing");
            }
            return null;
        }
        String what = "pool " + name;
        String keyFile = text(entries, "api-key-file", what + ": api-key-file");
        String authorization = text(entries, "authorization", what + ": authorization");
        Node at = entries.get("authorization");
        if (at != null && authorization != null) {
            if (!authorization.equals("forward") && !authorization.equals("strip")) {
                error(at, what + ": authorization: " + authorization + " (expected: forward or strip)");
            } else if (authorization.equals("forward") && keyFile != null) {
                error(at, what + ": authorization: forward contradicts api-key-file, which replaces the client's");
            }
        }
        Node tls = entries.get("tls");
        return new PoolSpec(name, where(node), tls == null ? null : tls(tls, what), keyFile,
                keyFile != null || "strip".equals(authorization));
    }

    private PoolSpec.@Nullable Tls tls(Node node, String pool) {
        String what = pool + ": tls";
        if (node.getTag().equals(Tag.NULL)) {
            // Nobody who has written "tls:" means cleartext.
            error(node, what + ": expected a mapping, {} for the defaults");
            return null;
        }
        Map<String, Node> entries = entries(node, what, TLS_KEYS);
        if (entries == null) {
            return null;
        }
        String certificate = text(entries, "certificate", what + ".certificate");
        String key = text(entries, "key", what + ".key");
        if (entries.containsKey("certificate") != entries.containsKey("key")) {
            error(node, what + ": expected both certificate and key, or none");
        }
        String verify = text(entries, "verify", what + ".verify");
        Node at = entries.get("verify");
        if (at != null && verify != null && !verify.equals("true") && !verify.equals("false")) {
            error(at, what + ".verify: " + verify + " (expected: true or false)");
        }
        return new PoolSpec.Tls(text(entries, "ca", what + ".ca"), certificate, key,
                text(entries, "server-name", what + ".server-name"), !"false".equals(verify));
    }

    private @Nullable Map<String, Node> entries(Node node, String what, Set<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            error(node, what + ": expected a mapping");
            return null;
        }
        Map<String, Node> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            if (!known.contains(key)) {
                error(tuple.getKeyNode(), what + ": unknown key " + key + " (known: "
                        + String.join(", ", known.stream().sorted().toList()) + ")");
            } else if (entries.put(key, tuple.getValueNode()) != null) {
                error(tuple.getKeyNode(), what + ": " + key + " is there twice");
            }
        }
        return entries;
    }

    private @Nullable String text(Map<String, Node> entries, String key, String what) {
        Node node = entries.get(key);
        if (node == null) {
            return null;
        }
        if (node instanceof ScalarNode scalar && !scalar.getValue().isBlank()) {
            return scalar.getValue().strip();
        }
        error(node, what + ": expected a text");
        return null;
    }

    private void error(Node node, String reason) {
        errors.add(where(node) + ": " + reason);
    }

    private String where(Node node) {
        return file + node.getStartMark().map(Mark::getLine).map(line -> ":" + (line + 1)).orElse("");
    }
}
