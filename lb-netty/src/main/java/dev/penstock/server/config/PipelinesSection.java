package dev.penstock.server.config;

import dev.penstock.core.config.Settings.Source;
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

/**
 * Reads the section {@code pipelines} of a configuration file: a mapping of names to {@code filters}, {@code scorers}
 * and {@code picker}. A piece is a name, or a name with what belongs to it: a weight, or settings. Confined to the
 * reader of one text.
 */
final class PipelinesSection {

    private static final String FILTERS = "filters";
    private static final String SCORERS = "scorers";
    private static final String PICKER = "picker";
    private static final String WEIGHT = "weight";
    private static final int MAX_WEIGHT = 1_000_000;
    private static final int MAX_DIGITS = 7;

    private final String file;
    private final List<String> errors;

    /** A reader that adds what is wrong to a list. */
    PipelinesSection(String file, List<String> errors) {
        this.file = file;
        this.errors = errors;
    }

    List<PipelineSpec> read(Node node) {
        List<PipelineSpec> pipelines = new ArrayList<>();
        if (node.getTag().equals(Tag.NULL)) {
            return pipelines;
        }
        if (!(node instanceof MappingNode mapping)) {
            error(node, "pipelines: expected names, each with filters, scorers and picker");
            return pipelines;
        }
        Set<String> names = new HashSet<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String name = text(tuple.getKeyNode());
            if (name == null) {
                error(tuple.getKeyNode(), "pipelines: expected the name of a pipeline");
            } else if (!names.add(name)) {
                error(tuple.getKeyNode(), "pipelines." + name + " is given twice");
            } else {
                pipelines.add(pipeline(name, tuple));
            }
        }
        return pipelines;
    }

    private PipelineSpec pipeline(String name, NodeTuple tuple) {
        String what = "pipelines." + name;
        Map<String, Node> parts = new LinkedHashMap<>();
        if (tuple.getValueNode() instanceof MappingNode mapping) {
            for (NodeTuple part : mapping.getValue()) {
                String key = text(part.getKeyNode());
                if (key == null || !Set.of(FILTERS, SCORERS, PICKER).contains(key)) {
                    error(part.getKeyNode(), what + ": unknown key " + key + " (expected: filters, scorers, picker)");
                } else if (parts.put(key, part.getValueNode()) != null) {
                    error(part.getKeyNode(), what + "." + key + " is given twice");
                }
            }
        } else if (!tuple.getValueNode().getTag().equals(Tag.NULL)) {
            error(tuple.getValueNode(), what + ": expected filters, scorers, picker");
        }
        List<PipelineSpec.Piece> picker = pieces(parts.get(PICKER), what + "." + PICKER, false);
        if (picker.size() > 1) {
            errors.add(picker.get(1).where() + ": " + what + "." + PICKER + ": expected one");
        }
        return new PipelineSpec(name, where(tuple.getKeyNode()),
                pieces(parts.get(FILTERS), what + "." + FILTERS, false),
                pieces(parts.get(SCORERS), what + "." + SCORERS, true), picker.isEmpty() ? null : picker.getFirst());
    }

    private List<PipelineSpec.Piece> pieces(@Nullable Node node, String what, boolean weighted) {
        List<PipelineSpec.Piece> pieces = new ArrayList<>();
        switch (node) {
            case null -> { }
            case Node none when none.getTag().equals(Tag.NULL) -> { }
            case ScalarNode scalar -> add(pieces, scalar, null, what, weighted);
            case SequenceNode list -> {
                for (Node item : list.getValue()) {
                    if (item instanceof MappingNode named) {
                        addAll(pieces, named, what, weighted);
                    } else {
                        add(pieces, item, null, what, weighted);
                    }
                }
            }
            case MappingNode mapping -> addAll(pieces, mapping, what, weighted);
            default -> error(node, what + ": expected names");
        }
        return List.copyOf(pieces);
    }

    private void addAll(List<PipelineSpec.Piece> pieces, MappingNode mapping, String what, boolean weighted) {
        for (NodeTuple tuple : mapping.getValue()) {
            add(pieces, tuple.getKeyNode(), tuple.getValueNode(), what, weighted);
        }
    }

    private void add(List<PipelineSpec.Piece> pieces, Node key, @Nullable Node value, String what, boolean weighted) {
        String name = text(key);
        if (name == null) {
            error(key, what + ": expected a name");
            return;
        }
        String piece = what + "." + name;
        Map<String, Source> settings = new LinkedHashMap<>();
        int weight = 1;
        if (value instanceof MappingNode mapping) {
            for (NodeTuple tuple : mapping.getValue()) {
                String setting = text(tuple.getKeyNode());
                if (setting == null) {
                    error(tuple.getKeyNode(), piece + ": expected the name of a setting");
                } else if (weighted && setting.equals(WEIGHT)) {
                    weight = weight(tuple.getValueNode(), piece);
                } else {
                    setting(settings, setting, tuple, piece);
                }
            }
        } else if (value != null && !value.getTag().equals(Tag.NULL)) {
            if (weighted) {
                weight = weight(value, piece);
            } else {
                error(value, piece + ": expected settings, for example {most: 8}");
            }
        }
        pieces.add(new PipelineSpec.Piece(name, where(key), weight, Map.copyOf(settings)));
    }

    private void setting(Map<String, Source> settings, String name, NodeTuple tuple, String piece) {
        String text = switch (tuple.getValueNode()) {
            case ScalarNode scalar -> scalar.getValue();
            case SequenceNode list when list.getValue().stream().allMatch(ScalarNode.class::isInstance) ->
                    String.join(",", list.getValue().stream().map(item -> ((ScalarNode) item).getValue()).toList());
            default -> null;
        };
        if (text == null) {
            error(tuple.getValueNode(), piece + "." + name + ": expected a value");
        } else if (settings.put(name, new Source(text, where(tuple.getKeyNode()))) != null) {
            error(tuple.getKeyNode(), piece + "." + name + " is given twice");
        }
    }

    private int weight(Node node, String piece) {
        String text = node instanceof ScalarNode scalar ? scalar.getValue().trim() : "";
        boolean digits = !text.isEmpty() && text.length() <= MAX_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int weight = digits ? Integer.parseInt(text) : 0;
        if (weight < 1 || weight > MAX_WEIGHT) {
            error(node, piece + ": weight " + text + " (expected: a whole number from 1 to " + MAX_WEIGHT + ")");
            return 1;
        }
        return weight;
    }

    private static @Nullable String text(Node node) {
        return node instanceof ScalarNode scalar && !scalar.getValue().isBlank() ? scalar.getValue().strip() : null;
    }

    private void error(Node node, String reason) {
        errors.add(where(node) + ": " + reason);
    }

    private String where(Node node) {
        return file + node.getStartMark().map(Mark::getLine).map(line -> ":" + (line + 1)).orElse("");
    }
}
