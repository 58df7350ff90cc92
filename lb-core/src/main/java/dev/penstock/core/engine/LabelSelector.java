package dev.penstock.core.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A label selector in the notation of Kubernetes: {@code a=b}, {@code a==b}, {@code a!=b}, {@code a in (b,c)},
 * {@code a notin (b,c)}, {@code a}, {@code !a}, with commas for "and". Immutable; any thread may use it.
 *
 * <p>As in Kubernetes, {@code !=} and {@code notin} hold for a pod without the label, and {@code a in ()} asks for an
 * empty value.
 */
public final class LabelSelector {

    private static final int MAX_LENGTH = 4096;

    private final List<Requirement> requirements;

    private LabelSelector(List<Requirement> requirements) {
        this.requirements = requirements;
    }

    /** Reads a selector, in time that grows with its length; null where it cannot be read. Empty: all. */
    public static @Nullable LabelSelector parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        SelectorTokens tokens = new SelectorTokens(text);
        List<Requirement> requirements = new ArrayList<>();
        if (tokens.atEnd()) {
            return new LabelSelector(List.of());
        }
        do {
            Requirement requirement = requirement(tokens);
            if (requirement == null) {
                return null;
            }
            requirements.add(requirement);
        } while (tokens.take(','));
        return tokens.atEnd() ? new LabelSelector(List.copyOf(requirements)) : null;
    }

    private static @Nullable Requirement requirement(SelectorTokens tokens) {
        boolean absent = tokens.take('!');
        String key = tokens.word();
        if (!SelectorTokens.isKey(key)) {
            return null;
        }
        if (absent) {
            return new Requirement(key, Operator.ABSENT, Set.of());
        }
        if (tokens.take('!')) {
            return tokens.takeNow('=') ? comparison(key, Operator.NOT_IN, tokens) : null;
        }
        if (tokens.take('=')) {
            tokens.takeNow('=');
            return comparison(key, Operator.IN, tokens);
        }
        return switch (tokens.word()) {
            case "" -> new Requirement(key, Operator.PRESENT, Set.of());
            case "in" -> set(key, Operator.IN, tokens);
            case "notin" -> set(key, Operator.NOT_IN, tokens);
            default -> null;
        };
    }

    private static @Nullable Requirement comparison(String key, Operator operator, SelectorTokens tokens) {
        String value = tokens.word();
        return SelectorTokens.isValue(value) ? new Requirement(key, operator, Set.of(value)) : null;
    }

    private static @Nullable Requirement set(String key, Operator operator, SelectorTokens tokens) {
        if (!tokens.take('(')) {
            return null;
        }
        List<String> values = new ArrayList<>();
        do {
            String value = tokens.word();
            if (!SelectorTokens.isValue(value)) {
                return null;
            }
            values.add(value);
        } while (tokens.take(','));
        return tokens.take(')') ? new Requirement(key, operator, Set.copyOf(values)) : null;
    }

    /** Whether a pod with these labels is selected. */
    public boolean matches(Map<String, String> labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.holds(labels)) {
                return false;
            }
        }
        return true;
    }

    private enum Operator {
        IN, NOT_IN, PRESENT, ABSENT
    }

    private record Requirement(String key, Operator operator, Set<String> values) {
        boolean holds(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case PRESENT -> value != null;
                case ABSENT -> value == null;
            };
        }
    }
}
