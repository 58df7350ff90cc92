package dev.penstock.core.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A label selector in the notation of Kubernetes: {@code a=b}, {@code a==b}, {@code a!=b}, {@code a in (b,c)},
 * {@code a notin (b,c)}, {@code a}, {@code !a}, with commas for "and". Immutable; any thread may use it.
 *
 * <p>As in Kubernetes, {@code !=} and {@code notin} hold for a pod without the label.
 */
public final class LabelSelector {

    private static final String KEY = "(?<key>[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,315}[A-Za-z0-9])?)";
    private static final String VALUE = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?";
    private static final Pattern REQUIREMENT = Pattern.compile("\\s*(?:" + "(?<absent>!)\\s*" + KEY.replace("key", "no")
            + "|" + KEY + "(?:\\s*(?<op>==|=|!=)\\s*(?<value>(?:" + VALUE + ")?)"
            + "|\\s+(?<set>in|notin)\\s*\\(\\s*(?<values>(?:" + VALUE + ")?(?:\\s*,\\s*(?:" + VALUE + ")?)*)\\s*\\))?"
            + ")\\s*(?:,|$)");
    private static final int MAX_LENGTH = 4096;

    private final List<Requirement> requirements;

    private LabelSelector(List<Requirement> requirements) {
        this.requirements = requirements;
    }

    /** Reads a selector; null where it cannot be read. An empty text selects everything. */
    public static @Nullable LabelSelector parse(String text) {
        if (text.length() > MAX_LENGTH) {
            return null;
        }
        List<Requirement> requirements = new ArrayList<>();
        Matcher matcher = REQUIREMENT.matcher(text);
        int at = 0;
        boolean comma = false;
        while (comma || (at < text.length() && !text.substring(at).isBlank())) {
            matcher.region(at, text.length());
            if (!matcher.lookingAt()) {
                return null;
            }
            requirements.add(requirement(matcher));
            at = matcher.end();
            comma = at > 0 && text.charAt(at - 1) == ',';
        }
        return new LabelSelector(List.copyOf(requirements));
    }

    private static Requirement requirement(Matcher matcher) {
        if (matcher.group("absent") != null) {
            return new Requirement(matcher.group("no"), Operator.ABSENT, Set.of());
        }
        String key = matcher.group("key");
        String operator = matcher.group("op");
        if (operator != null) {
            return new Requirement(key, operator.equals("!=") ? Operator.NOT_IN : Operator.IN,
                    Set.of(matcher.group("value")));
        }
        String set = matcher.group("set");
        if (set == null) {
            return new Requirement(key, Operator.PRESENT, Set.of());
        }
        Set<String> values = Set.copyOf(List.of(matcher.group("values").trim().split("\\s*,\\s*", -1)));
        return new Requirement(key, set.equals("in") ? Operator.IN : Operator.NOT_IN, values);
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
