package dev.penstock.cache.scrape;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a metrics page the simple way, with an object for everything: what the real reader must agree to. */
final class SlowPageReader {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?=[ \\t{])(.*)",
            Pattern.DOTALL);
    private static final Pattern LABEL = Pattern.compile(
            "[ \\t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \\t]*=[ \\t]*\"((?:[^\"\\\\]|\\\\.)*)\"[ \\t]*(,|(?=}))", Pattern.DOTALL);
    private static final Pattern NUMBER = Pattern.compile(
            "[+-]?(?:(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?|(?i:nan|inf|infinity))");
    private static final Pattern TYPE = Pattern.compile("# TYPE [ \\t]*([a-zA-Z0-9_:]*).*", Pattern.DOTALL);

    /** One mapped series. */
    record Sample(String name, Map<String, String> labels, double value) {}

    private final EngineMapping mapping;
    private final List<Sample> samples = new ArrayList<>();
    private Refusal.@Nullable Reason refused;

    SlowPageReader(EngineMapping mapping) {
        this.mapping = mapping;
    }

    /** Why the page is refused, or null. */
    Refusal.@Nullable Reason read(byte[] page) {
        String text = new String(page, StandardCharsets.ISO_8859_1);
        Map<String, String> names = new HashMap<>();
        Map<String, String> types = new HashMap<>();
        for (Family family : mapping.families()) {
            family.typeNames().forEach(name -> types.put(name, family.name()));
            switch (family.kind()) {
                case TIMES -> List.of("_sum", "_count").forEach(end -> names.put(family.name() + end, family.name()));
                case HISTOGRAM -> List.of("_sum", "_count", "_bucket")
                        .forEach(end -> names.put(family.name() + end, family.name()));
                default -> names.put(family.name(), family.name());
            }
        }
        Set<String> typed = new HashSet<>();
        Set<String> series = new HashSet<>();
        boolean ended = false;
        String[] lines = text.split("\n", -1);
        for (int i = 0; i < lines.length && refused == null; i++) {
            String line = lines[i];
            boolean last = i == lines.length - 1;
            if (last && (line.isEmpty() || line.equals("# EOF"))) {
                ended |= !line.isEmpty();
                continue;
            }
            if (line.length() > PageReader.LONGEST_LINE) {
                refused = Refusal.Reason.TOO_LARGE;
            } else if (last) {
                refused = Refusal.Reason.TRUNCATED;
            } else if (ended && !trim(line).isEmpty()) {
                refused = Refusal.Reason.MALFORMED;
            } else if (!trim(line).isEmpty()) {
                line = line.replaceFirst("^[ \\t]+", "");
                ended = line.equals("# EOF");
                Matcher type = TYPE.matcher(line);
                if (type.matches() && types.containsKey(type.group(1)) && !typed.add(types.get(type.group(1)))) {
                    refused = Refusal.Reason.DUPLICATE;
                } else if (!line.startsWith("#")) {
                    refused = sample(line, names, series);
                }
            }
        }
        return refused == null && samples.isEmpty() ? Refusal.Reason.NOTHING_KNOWN : refused;
    }

    private Refusal.@Nullable Reason sample(String line, Map<String, String> names, Set<String> series) {
        Matcher matcher = SAMPLE.matcher(line);
        if (!matcher.matches()) {
            return Refusal.Reason.MALFORMED;
        }
        String name = matcher.group(1);
        if (!names.containsKey(name)) {
            return null;
        }
        Map<String, String> labels = new LinkedHashMap<>();
        String rest = trim(matcher.group(2));
        if (rest.startsWith("{")) {
            rest = labels(rest.substring(1), labels);
            if (rest == null) {
                return Refusal.Reason.MALFORMED;
            }
        }
        rest = trim(rest);
        String key = line.substring(0, line.length() - rest.length());
        String[] parts = rest.split("[ \\t]+", 3);
        boolean exemplar = parts.length > 1 && parts[1].startsWith("#");
        String time = parts.length > 1 && !parts[1].isEmpty() && !exemplar ? parts[1] : "0";
        String tail = parts.length > 2 && !exemplar ? parts[2] : "";
        String bound = labels.getOrDefault("le", name.endsWith("_bucket") ? "nan" : "0");
        if (!NUMBER.matcher(parts[0]).matches() || !NUMBER.matcher(time).matches()
                || !(tail.isEmpty() || tail.startsWith("#")) || !NUMBER.matcher(bound).matches()
                || (name.endsWith("_bucket") && Double.isNaN(number(bound)))) {
            return Refusal.Reason.MALFORMED;
        }
        if (!series.add(key)) {
            return Refusal.Reason.DUPLICATE;
        }
        samples.add(new Sample(name, labels, number(parts[0])));
        return null;
    }

    private static @Nullable String labels(String text, Map<String, String> into) {
        String rest = text;
        while (!trim(rest).startsWith("}")) {
            Matcher label = LABEL.matcher(rest);
            if (!label.lookingAt()) {
                return null;
            }
            String raw = label.group(2);
            if (raw.replace("\\\\", "").replace("\\\"", "").replace("\\n", "").contains("\\")) {
                return null;
            }
            into.put(label.group(1), raw.replace("\\\\", "\u0001").replace("\\\"", "\"").replace("\\n", "\n")
                    .replace("\u0001", "\\"));
            rest = rest.substring(label.end());
        }
        return trim(rest).substring(1);
    }

    static double number(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        String bare = lower.replaceFirst("^[+-]", "");
        if (bare.equals("nan")) {
            return Double.NaN;
        }
        if (bare.startsWith("inf")) {
            return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return Double.parseDouble(text);
    }

    /** The cells of a family, over all models; NaN where nothing was told, infinity where it cannot be. */
    double[] cells(Family family) {
        double[] cells = new double[family.cells()];
        Arrays.fill(cells, Double.NaN);
        for (Sample sample : samples) {
            switch (family.kind()) {
                case SUM, COUNTER -> add(cells, 0, sample, family.name());
                case MEAN -> {
                    add(cells, 0, sample, family.name());
                    add(cells, 1, new Sample(sample.name(), sample.labels(), 1), family.name());
                }
                case TIMES, HISTOGRAM -> {
                    add(cells, 0, sample, family.name() + "_sum");
                    add(cells, 1, sample, family.name() + "_count");
                }
                default -> throw new IllegalArgumentException(family.name());
            }
        }
        return cells;
    }

    /** What the buckets of a family below a bound hold. */
    double bucket(Family family, double bound) {
        double[] sum = {Double.NaN};
        for (Sample sample : samples) {
            String le = sample.labels().getOrDefault("le", "0");
            if (sample.name().equals(family.name() + "_bucket") && number(le) == bound) {
                add(sum, 0, sample, sample.name());
            }
        }
        return sum[0];
    }

    private static void add(double[] cells, int at, Sample sample, String name) {
        if (sample.name().equals(name)) {
            double value = Double.isFinite(sample.value()) ? sample.value() : Double.POSITIVE_INFINITY;
            cells[at] = Double.isNaN(cells[at]) ? value : cells[at] + value;
        }
    }

    private static String trim(String text) {
        return text.replaceFirst("^[ \\t]+", "");
    }
}
