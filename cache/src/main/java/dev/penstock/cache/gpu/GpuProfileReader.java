package dev.penstock.cache.gpu;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.cache.discovery.YamlSource;
import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Axis;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Table;
import dev.penstock.spi.GpuProfile.Targets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Makes GPU profiles of a text: one, or a list of them, JSON or YAML. Confined to its caller, for one text. */
public final class GpuProfileReader {

    /** What became of a text. */
    public sealed interface Result {}

    /**
     * The text is good.
     *
     * @param profiles what it says, in its order
     */
    public record Parsed(List<GpuProfile> profiles) implements Result {

        /** Copies the list. */
        public Parsed {
            profiles = List.copyOf(profiles);
        }
    }

    /**
     * The text is not good.
     *
     * @param errors all that is wrong; never empty
     */
    public record Refused(List<FileError> errors) implements Result {

        /** Copies the list. */
        public Refused {
            errors = List.copyOf(errors);
        }
    }

    private static final Set<String> KEYS = Set.of("model", "gpu", "cost", "created", "indexes", "tputs", "e2e", "ttft",
            "tpot", "slos");
    private static final Set<String> SLO_KEYS = Set.of("percentile", "tput", "tt", "e2e", "ttft", "tpat", "tpot");
    /** Most numbers of a file: YAML aliases could make a small file say more than memory holds. */
    private static final int MOST_NUMBERS = 4_000_000;

    private final YamlSource source;
    private final Function<String, @Nullable String> modelOfGroup;
    private int numbers;

    private GpuProfileReader(YamlSource source, Function<String, @Nullable String> modelOfGroup) {
        this.source = source;
        this.modelOfGroup = modelOfGroup;
    }

    /**
     * Reads a text. Never throws.
     *
     * @param text the text
     * @param fileName the name that errors give
     */
    public static Result parse(String text, String fileName) {
        return parse(text, fileName, group -> null);
    }

    /**
     * Reads a text whose profiles need not name their model. Never throws.
     *
     * @param text the text
     * @param fileName the name that errors give
     * @param modelOfGroup the model of a profile that names none, by its group; null where it has to name one
     */
    static Result parse(String text, String fileName, Function<String, @Nullable String> modelOfGroup) {
        YamlSource source = new YamlSource(fileName);
        List<GpuProfile> profiles = new GpuProfileReader(source, modelOfGroup).read(text);
        return source.errors().isEmpty() ? new Parsed(profiles) : new Refused(source.errors());
    }

    private List<GpuProfile> read(String text) {
        List<GpuProfile> profiles = new ArrayList<>();
        Node root = source.root(text);
        if (root == null || YamlSource.absent(root)) {
            if (source.errors().isEmpty()) {
                source.error("no profile (expected: one, or a list)");
            }
            return profiles;
        }
        List<Node> all = root instanceof SequenceNode list ? list.getValue() : List.of(root);
        for (Node node : all) {
            GpuProfile profile = source.full() ? null : profile(node);
            if (profile != null) {
                profiles.add(profile);
            }
        }
        return profiles;
    }

    private @Nullable GpuProfile profile(Node node) {
        Map<String, Node> entries = source.mapping(node, "profile", KEYS);
        if (entries == null) {
            return null;
        }
        String group = required(node, entries, "gpu");
        String known = group == null || entries.containsKey("model") ? null : modelOfGroup.apply(group);
        String model = known == null ? required(node, entries, "model") : known;
        double cost = number(entries, "cost");
        double created = number(entries, "created");
        List<Axis> axes = axes(node, entries.get("indexes"));
        Map<Measure, Table> tables = new EnumMap<>(Measure.class);
        for (Measure measure : Measure.values()) {
            Node given = entries.get(measure.key());
            Table table = given == null || YamlSource.absent(given) ? null : table(given, measure, axes);
            if (table != null) {
                tables.put(measure, table);
            }
        }
        Targets targets = targets(entries.get("slos"));
        return model == null || group == null || axes.size() != 2 || !source.errors().isEmpty() ? null
                : new GpuProfile(model, group, cost, created, axes.get(0), axes.get(1), tables, targets);
    }

    private @Nullable String required(Node profile, Map<String, Node> entries, String key) {
        Node node = entries.get(key);
        if (node == null) {
            source.error(profile, "profile: " + key + " is missing");
            return null;
        }
        return source.text(node, key);
    }

    // ---- tables

    /** Both axes, lengths of output first; fewer where something is wrong, which is told. */
    private List<Axis> axes(Node profile, @Nullable Node node) {
        List<Axis> axes = new ArrayList<>();
        if (node == null || !(node instanceof SequenceNode list) || list.getValue().size() != 2) {
            source.error(node == null ? profile : node,
                    "indexes: expected two lists, lengths of output and lengths of prompts");
            return axes;
        }
        for (Node each : list.getValue()) {
            double[] lengths = numbers(each, "indexes");
            try {
                if (lengths != null) {
                    axes.add(Axis.of(lengths));
                }
            } catch (IllegalArgumentException e) {
                source.error(each, "indexes: " + e.getMessage());
            }
        }
        return axes;
    }

    private @Nullable Table table(Node node, Measure measure, List<Axis> axes) {
        if (!(node instanceof SequenceNode list)) {
            source.error(node, measure.key() + ": expected a list of lists of numbers");
            return null;
        }
        List<Node> rows = list.getValue();
        if (axes.size() == 2 && rows.size() != axes.get(0).size()) {
            source.error(node, measure.key() + ": " + rows.size() + " rows (expected: " + axes.get(0).size()
                    + ", as the lengths of output in indexes)");
            return null;
        }
        double[][] values = new double[rows.size()][];
        boolean whole = true;
        for (int i = 0; i < values.length; i++) {
            double[] row = numbers(rows.get(i), measure.key());
            if (row == null) {
                whole = false;
            } else if (axes.size() == 2 && row.length != axes.get(1).size()) {
                source.error(rows.get(i), measure.key() + ": " + row.length + " numbers (expected: "
                        + axes.get(1).size() + ", as the lengths of prompts in indexes)");
                whole = false;
            } else {
                values[i] = row;
            }
        }
        return whole && axes.size() == 2 ? Table.of(values) : null;
    }

    /** Numbers that are not negative; null where they are none, which is told. */
    private double @Nullable [] numbers(Node node, String what) {
        if (!(node instanceof SequenceNode list)) {
            source.error(node, what + ": expected a list of numbers");
            return null;
        }
        List<Node> nodes = list.getValue();
        numbers += nodes.size();
        if (numbers > MOST_NUMBERS) {
            source.error(node, "more than " + MOST_NUMBERS + " numbers");
            return null;
        }
        double[] values = new double[nodes.size()];
        boolean whole = true;
        for (int i = 0; i < values.length; i++) {
            double value = number(nodes.get(i), what);
            whole &= !Double.isNaN(value);
            values[i] = value;
        }
        return whole ? values : null;
    }

    // ---- numbers

    private Targets targets(@Nullable Node node) {
        if (node == null || YamlSource.absent(node)) {
            return Targets.NONE;
        }
        Map<String, Node> entries = source.mapping(node, "slos", SLO_KEYS);
        if (entries == null) {
            return Targets.NONE;
        }
        double percentile = number(entries, "percentile");
        if (percentile > 100 || percentile != Math.rint(percentile)) {
            source.error(node, "percentile: expected a whole number up to 100");
        }
        return new Targets((int) percentile, number(entries, "tput"), number(entries, "tt"), number(entries, "e2e"),
                number(entries, "ttft"), number(entries, "tpat"), number(entries, "tpot"));
    }

    private double number(Map<String, Node> entries, String key) {
        Node node = entries.get(key);
        double value = node == null || YamlSource.absent(node) ? 0 : number(node, key);
        return Double.isNaN(value) ? 0 : value;
    }

    /** A number that is not negative; NaN where it is none, which is told. */
    private double number(Node node, String what) {
        String text = node instanceof ScalarNode scalar ? scalar.getValue().strip() : "";
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        source.error(node, what + ": expected a number, not negative" + (text.isEmpty() ? "" : ": " + text));
        return Double.NaN;
    }
}
