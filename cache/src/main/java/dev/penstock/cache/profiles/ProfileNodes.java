package dev.penstock.cache.profiles;

import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.ConfigProfiles.Hints;
import dev.penstock.core.model.ConfigProfiles.Limits;
import dev.penstock.core.model.ConfigProfiles.Profile;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Understands profiles node by node, be they of an annotation or of a file. Confined to its caller.
 *
 * <p>Numbers below zero switch a limit off, as zero does. Hints that cannot be understood are none.
 */
public final class ProfileNodes {

    /** Is told what is wrong, and where. */
    @FunctionalInterface
    public interface Faults {

        /** Something is wrong with a node. */
        void at(Node node, String reason);
    }

    private static final String LOCKED = "lockedRoutingStrategy";
    private static final String OVERRIDES_DISABLED = "disableRequestRoutingOverrides";
    private static final String DEFAULT = "defaultProfile";
    private static final String PROFILES = "profiles";
    private static final String STRATEGY = "routingStrategy";
    private static final String CONFIG = "routingConfig";
    private static final String PER_SECOND = "requestsPerSecond";
    private static final String PER_SECOND_PER_REPLICA = "requestsPerSecondPerReplica";
    private static final String IN_FLIGHT = "requestsInflight";
    private static final String IN_FLIGHT_TOTAL = "requestsInflightTotal";
    private static final Set<String> PROFILE_KEYS = Set.of(STRATEGY, CONFIG, PER_SECOND, PER_SECOND_PER_REPLICA,
            IN_FLIGHT, IN_FLIGHT_TOTAL);

    private final Faults faults;
    private final boolean strict;

    /**
     * A reader.
     *
     * @param faults is told what is wrong
     * @param strict whether keys that are not known are wrong, too
     */
    public ProfileNodes(Faults faults, boolean strict) {
        this.faults = faults;
        this.strict = strict;
    }

    /**
     * A whole document.
     *
     * @return null where something is wrong, which has been told
     */
    public @Nullable ConfigProfiles document(Node node) {
        Map<String, Node> top = mapping(node, "the document", Set.of());
        if (top == null) {
            return null;
        }
        Node profiles = there(top.get(PROFILES));
        if (profiles == null) {
            faults.at(node, "no profiles");
            return null;
        }
        return of(profiles, text(top, LOCKED), isTrue(top, OVERRIDES_DISABLED), text(top, DEFAULT));
    }

    /**
     * Profiles by name.
     *
     * @param node where they are
     * @param locked the strategy that holds for all of them, or null
     * @param overridesDisabled whether clients choose nothing
     * @param byDefault name of the profile of requests that name none, or null
     * @return null where something is wrong, which has been told
     */
    public @Nullable ConfigProfiles of(Node node, @Nullable String locked, boolean overridesDisabled,
            @Nullable String byDefault) {
        Map<String, Node> byName = mapping(node, PROFILES, Set.of());
        if (byName == null) {
            return null;
        }
        if (byName.isEmpty()) {
            faults.at(node, "no profiles");
            return null;
        }
        List<Profile> profiles = new ArrayList<>();
        byName.forEach((name, each) -> {
            Profile profile = there(each) == null ? new Profile(name, null, Hints.NONE, Limits.NONE, null)
                    : profile(name, each);
            if (profile != null) {
                profiles.add(profile);
            }
        });
        return profiles.size() < byName.size() ? null
                : new ConfigProfiles(locked, overridesDisabled, byDefault, profiles);
    }

    private @Nullable Profile profile(String name, Node node) {
        Map<String, Node> entries = mapping(node, "profile " + name, strict ? PROFILE_KEYS : Set.of());
        if (entries == null) {
            return null;
        }
        Limits limits = new Limits(limit(entries, PER_SECOND), rate(entries), limit(entries, IN_FLIGHT),
                limit(entries, IN_FLIGHT_TOTAL));
        Node config = there(entries.get(CONFIG));
        if (config == null) {
            return new Profile(name, text(entries, STRATEGY), Hints.NONE, limits, null);
        }
        String raw = JsonText.of(config);
        if (raw == null) {
            faults.at(config, CONFIG + ": too long");
        }
        return new Profile(name, text(entries, STRATEGY), hints(config), limits, raw);
    }

    private Hints hints(Node config) {
        if (!(config instanceof MappingNode mapping)) {
            return Hints.NONE;
        }
        Map<String, Node> entries = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                entries.put(key.getValue(), tuple.getValueNode());
            }
        }
        try {
            return new Hints(hint(entries, "promptTokensGte"), hint(entries, "promptTokensLt"),
                    hint(entries, "maxTokensGte"), hint(entries, "maxTokensLt"));
        } catch (NumberFormatException e) {
            // A hint that holds for nobody knows which requests: the profile is there for those that name it.
            return Hints.NONE;
        }
    }

    private static @Nullable Long hint(Map<String, Node> entries, String key) {
        Node node = there(entries.get(key));
        return node == null ? null : Long.valueOf(whole(node));
    }

    private int limit(Map<String, Node> entries, String key) {
        Node node = there(entries.get(key));
        if (node == null) {
            return 0;
        }
        try {
            return (int) Math.clamp(whole(node), 0L, Integer.MAX_VALUE);
        } catch (NumberFormatException e) {
            faults.at(node, key + ": expected a whole number");
            return 0;
        }
    }

    private double rate(Map<String, Node> entries) {
        Node node = there(entries.get(PER_SECOND_PER_REPLICA));
        if (node == null) {
            return 0;
        }
        if (node instanceof ScalarNode scalar && numeric(scalar)) {
            double value = number(scalar.getValue());
            if (Double.isFinite(value)) {
                return Math.max(0, value);
            }
        }
        faults.at(node, PER_SECOND_PER_REPLICA + ": expected a number");
        return 0;
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static long whole(Node node) {
        if (!(node instanceof ScalarNode scalar) || !numeric(scalar)) {
            throw new NumberFormatException("not a number");
        }
        try {
            return new BigDecimal(scalar.getValue()).longValueExact();
        } catch (ArithmeticException e) {
            throw new NumberFormatException("not a whole number of 64 bits");
        }
    }

    private static boolean numeric(ScalarNode scalar) {
        return Tag.INT.equals(scalar.getTag()) || Tag.FLOAT.equals(scalar.getTag());
    }

    private @Nullable String text(Map<String, Node> entries, String key) {
        Node node = there(entries.get(key));
        if (node == null) {
            return null;
        }
        if (!(node instanceof ScalarNode scalar) || !Tag.STR.equals(scalar.getTag())) {
            faults.at(node, key + ": expected a text");
            return null;
        }
        String text = scalar.getValue().strip();
        return text.isEmpty() ? null : text;
    }

    private boolean isTrue(Map<String, Node> entries, String key) {
        Node node = there(entries.get(key));
        if (node == null) {
            return false;
        }
        if (!(node instanceof ScalarNode scalar) || !Tag.BOOL.equals(scalar.getTag())) {
            faults.at(node, key + ": expected true or false");
            return false;
        }
        return scalar.getValue().equalsIgnoreCase("true");
    }

    /** A value that is there; null where it is missing, or says null. */
    private static @Nullable Node there(@Nullable Node node) {
        return node == null || Tag.NULL.equals(node.getTag()) ? null : node;
    }

    private @Nullable Map<String, Node> mapping(Node node, String what, Set<String> known) {
        if (!(node instanceof MappingNode mapping)) {
            faults.at(node, what + ": expected an object");
            return null;
        }
        Map<String, Node> entries = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                faults.at(tuple.getKeyNode(), what + ": expected a word as key");
            } else if (!known.isEmpty() && !known.contains(key.getValue())) {
                faults.at(key, what + ": unknown key " + key.getValue() + " (known: "
                        + String.join(", ", new TreeSet<>(known)) + ")");
            } else if (entries.put(key.getValue(), tuple.getValueNode()) != null) {
                faults.at(key, what + ": " + key.getValue() + " is there twice");
            }
        }
        return entries;
    }
}
