package dev.penstock.server.config;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The configuration file as it was read: settings by name with the line that says so. The fleet in {@code models} is
 * read by the cache. Immutable.
 *
 * @param name file name, for a person
 * @param text the whole text
 * @param settings what it says of settings
 * @param routers what it says of strategies: by strategy, then by name of the setting
 * @param hasModels whether it lists models
 * @param pools the pools of endpoints that it describes
 * @param pipelines the pipelines that it describes
 */
public record ConfigFile(String name, String text, Map<String, Source> settings,
        Map<String, Map<String, Source>> routers, boolean hasModels, List<PoolSpec> pools,
        List<PipelineSpec> pipelines) {

    private static final String MODELS = "models";
    private static final String POOLS = "pools";
    private static final String PIPELINES = "pipelines";
    private static final String ROUTERS = "routers.";

    private static final Set<String> SECTIONS = Set.of(MODELS, POOLS, PIPELINES);

    /** A configuration that says nothing. */
    public static final ConfigFile EMPTY = new ConfigFile("", "", Map.of(), Map.of(), false, List.of(),
            List.of());

    /**
     * Reads a configuration.
     *
     * @param name file name, for messages
     * @param text YAML; {@code a: {b: c}} and {@code a.b: c} are the same
     * @throws InvalidSettingsException where it is not a configuration: with line and reason
     */
    public static ConfigFile parse(String name, String text) {
        Map<String, Source> flat = new LinkedHashMap<>();
        List<String> errors = new ArrayList<>();
        List<PoolSpec> pools = new ArrayList<>();
        List<PipelineSpec> pipelines = new ArrayList<>();
        boolean models = false;
        try {
            // What is no name is refused below, with its line.
            LoadSettings yaml = LoadSettings.builder().setLabel(name).setAllowNonScalarKeys(true).build();
            Optional<Node> root = new Compose(yaml).composeString(text);
            if (root.isPresent() && root.get() instanceof MappingNode mapping) {
                models = new Reader(name, flat, pools, pipelines, errors).top(mapping);
            } else if (root.isPresent() && !nothing(root.get())) {
                errors.add(name + ": expected settings such as \"listen: {port: 8080}\"");
            }
        } catch (MarkedYamlEngineException e) {
            String line = e.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            errors.add(name + line + ": " + oneLine(e.getProblem()));
        } catch (YamlEngineException e) {
            errors.add(name + ": " + oneLine(e.getMessage()));
        }
        if (!errors.isEmpty()) {
            throw new InvalidSettingsException(errors);
        }
        return split(name, text, flat, new Sections(models, List.copyOf(pools), List.copyOf(pipelines)));
    }

    // The tilde is YAML's older word for it.
    private static boolean nothing(Node node) {
        return node.getTag().equals(Tag.NULL)
                || (node instanceof ScalarNode scalar && scalar.isPlain() && scalar.getValue().equals("~"));
    }

    private static String oneLine(@Nullable String message) {
        return message == null ? "not YAML" : message.replaceAll("\\s*\\R\\s*", " ");
    }

    /** What is not made of settings. */
    private record Sections(boolean models, List<PoolSpec> pools, List<PipelineSpec> pipelines) {}

    private static ConfigFile split(String name, String text, Map<String, Source> flat, Sections sections) {
        Map<String, Source> settings = new LinkedHashMap<>();
        Map<String, Map<String, Source>> routers = new LinkedHashMap<>();
        List<String> errors = new ArrayList<>();
        flat.forEach((key, source) -> {
            if (!key.startsWith(ROUTERS)) {
                settings.put(key, source);
                return;
            }
            String[] parts = key.substring(ROUTERS.length()).split("\\.", 2);
            if (parts.length < 2) {
                errors.add(source.where() + ": " + key + " (expected: routers.<strategy>.<setting>)");
                return;
            }
            routers.computeIfAbsent(parts[0], any -> new LinkedHashMap<>()).put(parts[1], source);
        });
        if (!errors.isEmpty()) {
            throw new InvalidSettingsException(errors);
        }
        return new ConfigFile(name, text, settings, routers, sections.models(), sections.pools(), sections.pipelines());
    }

    private record Reader(String name, Map<String, Source> flat, List<PoolSpec> pools, List<PipelineSpec> pipelines,
            List<String> errors) {

        boolean top(MappingNode mapping) {
            Set<String> sections = new HashSet<>();
            for (NodeTuple tuple : mapping.getValue()) {
                String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
                if (!SECTIONS.contains(key)) {
                    entry("", tuple);
                    continue;
                }
                if (!sections.add(key)) {
                    errors.add(where(tuple.getKeyNode()) + ": " + key + " is given twice");
                }
                switch (key) {
                    case POOLS -> pools.addAll(new PoolsSection(name, errors).read(tuple.getValueNode()));
                    case PIPELINES -> pipelines.addAll(new PipelinesSection(name, errors).read(tuple.getValueNode()));
                    default -> { } // models, which others read
                }
            }
            return sections.contains(MODELS);
        }

        void entry(String prefix, NodeTuple tuple) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                errors.add(where(tuple.getKeyNode()) + ": expected the name of a setting");
                return;
            }
            String path = prefix + key.getValue();
            if (tuple.getValueNode().isRecursive()) {
                errors.add(where(key) + ": " + path + ": contains itself");
                return;
            }
            switch (tuple.getValueNode()) {
                case MappingNode nested -> nested.getValue().forEach(child -> entry(path + ".", child));
                // A section whose lines are all comments says nothing.
                case ScalarNode value when nothing(value) -> { }
                case ScalarNode value -> put(path, value.getValue(), key);
                case SequenceNode list -> put(path, commaSeparated(list), key);
                default -> errors.add(where(key) + ": " + path + ": expected a value");
            }
        }

        private void put(String path, String value, Node key) {
            if (flat.put(path, new Source(value, where(key))) != null) {
                errors.add(where(key) + ": " + path + " is given twice");
            }
        }

        private String commaSeparated(SequenceNode list) {
            List<String> items = new ArrayList<>();
            for (Node item : list.getValue()) {
                if (item instanceof ScalarNode scalar) {
                    items.add(scalar.getValue());
                } else {
                    errors.add(where(item) + ": expected a list of plain values");
                }
            }
            return String.join(",", items);
        }

        private String where(Node node) {
            return name + node.getStartMark().map(Mark::getLine).map(line -> ":" + (line + 1)).orElse("");
        }
    }
}
