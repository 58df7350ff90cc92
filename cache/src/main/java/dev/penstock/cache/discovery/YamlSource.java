package dev.penstock.cache.discovery;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads a YAML text node by node, and collects what is wrong with it by line and column. Confined to its caller. */
public final class YamlSource {

    /** Deepest nesting: far beyond what any file of ours has, far below what a stack holds. */
    private static final int DEEPEST = 64;
    /** Most errors that are told of one file. */
    private static final int MOST_ERRORS = 50;

    private final String file;
    private final List<FileError> errors = new ArrayList<>();

    /** A text that nothing is wrong with yet; errors name the file. */
    public YamlSource(String file) {
        this.file = file;
    }

    /** What is wrong so far, in the order in which it was found; not to be changed. */
    public List<FileError> errors() {
        return errors;
    }

    /** Whether so much is wrong that reading on tells nothing new. */
    public boolean full() {
        return errors.size() >= MOST_ERRORS;
    }

    /** Something is wrong at a place. */
    public void error(Node node, String reason) {
        error(node.getStartMark(), reason);
    }

    /** Something is wrong with the file as a whole. */
    public void error(String reason) {
        error(Optional.empty(), reason);
    }

    private void error(Optional<Mark> mark, String reason) {
        if (!full()) {
            errors.add(new FileError(file, mark.map(at -> at.getLine() + 1).orElse(0),
                    mark.map(at -> at.getColumn() + 1).orElse(0), reason));
        }
    }

    /** The root of the only document; null where there is none, or where it is no YAML, which is told. */
    public @Nullable Node root(String text) {
        LoadSettings settings = LoadSettings.builder().setLabel(file).setAllowRecursiveKeys(false)
                .setMaxAliasesForCollections(1000)
                .setSchema(new CoreSchema()).build();
        try {
            if (tooDeep(text, settings)) {
                return null;
            }
            return new Compose(settings).composeString(text).orElse(null);
        } catch (MarkedYamlEngineException e) {
            error(e.getProblemMark().or(e::getContextMark), problem(e));
        } catch (YamlEngineException e) {
            error("not YAML: " + e.getMessage());
        } catch (RuntimeException e) {
            // The parser trips over some malformed escapes and numbers; for whoever wrote the file that is the same.
            error("not YAML: " + e);
        }
        return null;
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return "not YAML: " + context + e.getProblem();
    }

    // The composer recurses, the parser does not.
    private boolean tooDeep(String text, LoadSettings settings) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            switch (event.getEventId()) {
                case SequenceStart, MappingStart -> depth++;
                case SequenceEnd, MappingEnd -> depth--;
                default -> { }
            }
            if (depth > DEEPEST) {
                error(event.getStartMark(), "nested too deeply");
                return true;
            }
        }
        return false;
    }

    /** Whether there is nothing at a place. */
    public static boolean absent(@Nullable Node node) {
        return node == null || Tag.NULL.equals(node.getTag());
    }

    /**
     * The entries of a mapping, by key.
     *
     * @param known the keys that may be there; empty where any may
     * @return null where it is no mapping, which is told
     */
    public @Nullable Map<String, Node> mapping(Node node, String what, Set<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            error(node, what + ": expected a mapping");
            return null;
        }
        Map<String, Node> entries = new LinkedHashMap<>();
        Map<String, Node> keys = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node key = tuple.getKeyNode();
            if (!(key instanceof ScalarNode scalar)) {
                error(key, what + ": expected a word as key");
                continue;
            }
            String name = scalar.getValue();
            if (keys.put(name, key) != null) {
                error(key, what + ": " + name + " is there twice");
            } else if (!known.isEmpty() && !known.contains(name)) {
                StringJoiner words = new StringJoiner(", ");
                new TreeSet<>(known).forEach(words::add);
                error(key, what + ": unknown key " + name + " (known: " + words + ")");
            } else {
                entries.put(name, tuple.getValueNode());
            }
        }
        return entries;
    }

    /** The items of a list that must not be empty; empty where it is no such list, which is told. */
    public List<Node> items(Node node, String what) {
        if (!(node instanceof SequenceNode sequence)) {
            error(node, what + ": expected a list");
            return List.of();
        }
        if (sequence.getValue().isEmpty()) {
            error(node, what + ": must not be empty");
        }
        return sequence.getValue();
    }

    /** A text that must not be empty, numbers as they are written; null where it is none, which is told. */
    public @Nullable String text(Node node, String what) {
        if (!(node instanceof ScalarNode scalar)) {
            error(node, what + ": expected a text");
            return null;
        }
        String text = scalar.getValue().strip();
        if (text.isEmpty() || absent(node)) {
            error(node, what + ": must not be empty");
            return null;
        }
        return text;
    }
}
