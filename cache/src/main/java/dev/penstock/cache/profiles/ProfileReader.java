package dev.penstock.cache.profiles;

import dev.penstock.core.model.ConfigProfiles;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.JsonSchema;

/**
 * Reads what a pod's annotation says of the requests of its model: a JSON document. What is wrong with it is told, and
 * harms nothing else of the pod. Pure; any thread.
 */
public final class ProfileReader {

    /** Name of the annotation. */
    public static final String ANNOTATION = "model.aibrix.ai/config";

    /** Far beyond what a document has, far below what a stack holds. */
    private static final int DEEPEST = 64;

    /** What became of a text. */
    public sealed interface Result {}

    /**
     * The text is good.
     *
     * @param profiles what it says
     */
    public record Read(ConfigProfiles profiles) implements Result {}

    /**
     * The text is not good.
     *
     * @param reason one sentence
     */
    public record Refused(String reason) implements Result {}

    private ProfileReader() {}

    /** Reads a document. Never throws. */
    public static Result read(String json) {
        LoadSettings settings = LoadSettings.builder().setAllowRecursiveKeys(false).setSchema(new JsonSchema()).build();
        try {
            if (tooDeep(json, settings)) {
                return new Refused("nested too deeply");
            }
            Optional<Node> root = new Compose(settings).composeString(json);
            return root.isEmpty() ? new Refused("empty") : read(root.get());
        } catch (RuntimeException e) {
            // The parser has exceptions of its own, and trips over some malformed escapes: here that is the same.
            return new Refused("not JSON: " + firstLine(e));
        }
    }

    private static Result read(Node root) {
        FirstFault fault = new FirstFault();
        ConfigProfiles profiles = new ProfileNodes(fault, false).document(root);
        String reason = fault.reason;
        if (profiles == null || reason != null) {
            return new Refused(reason == null ? "not a document of profiles" : reason);
        }
        return new Read(profiles);
    }

    // The composer recurses, the parser does not.
    private static boolean tooDeep(String json, LoadSettings settings) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(json)) {
            switch (event.getEventId()) {
                case SequenceStart, MappingStart -> depth++;
                case SequenceEnd, MappingEnd -> depth--;
                default -> { }
            }
            if (depth > DEEPEST) {
                return true;
            }
        }
        return false;
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    /** Keeps the first fault: it is enough to refuse a document. */
    private static final class FirstFault implements ProfileNodes.Faults {
        private @Nullable String reason;

        @Override
        public void at(Node node, String what) {
            if (reason == null) {
                reason = what;
            }
        }
    }
}
