package dev.penstock.server.plugin;

import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.engine.Pipeline;
import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.server.config.PipelineSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts pipelines together of the strategies that there are. Used at start only, by one thread. */
public final class Pipelines {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?");
    // Labels of metrics that stand for something else.
    private static final Set<String> TAKEN = Set.of("fallback", "expression", "shadow");

    private final Map<String, Strategy> strategies = new LinkedHashMap<>();
    private final Map<String, Map<String, Source>> settings;
    // Pieces with settings of their own.
    private final Map<String, Strategy> own = new LinkedHashMap<>();
    private final List<Pipeline> pipelines = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    private Pipelines(List<Strategy> strategies, Map<String, Map<String, Source>> settings) {
        strategies.forEach(strategy -> this.strategies.put(strategy.name(), strategy));
        this.settings = settings;
    }

    /**
     * What became of the pipelines.
     *
     * @param usable the pipelines that can be asked for
     * @param pieces the pieces that have settings of their own
     * @param errors one sentence for each thing that is wrong with what the configuration says
     */
    public record Result(List<Pipeline> usable, List<Strategy> pieces, List<String> errors) {}

    /**
     * Puts them together.
     *
     * @param specs what the configuration says
     * @param strategies the strategies and pieces that there are
     * @param settings their settings: by strategy, then by name of the setting
     */
    public static Result of(List<PipelineSpec> specs, List<Strategy> strategies,
            Map<String, Map<String, Source>> settings) {
        Pipelines made = new Pipelines(strategies, settings);
        specs.forEach(made::add);
        return new Result(List.copyOf(made.pipelines), List.copyOf(made.own.values()), List.copyOf(made.errors));
    }

    private void add(PipelineSpec spec) {
        int before = errors.size();
        String what = "pipelines." + spec.name();
        if (!NAME.matcher(spec.name()).matches()) {
            errors.add(spec.where() + ": " + what + ": expected a name of lower case letters, digits, dashes");
        } else if (strategies.containsKey(spec.name()) || TAKEN.contains(spec.name())) {
            errors.add(spec.where() + ": " + what + ": there is a strategy of this name already");
        }
        PipelineSpec.Piece picked = spec.picker();
        if (spec.filters().isEmpty() && spec.scorers().isEmpty() && picked == null) {
            errors.add(spec.where() + ": " + what + ": expected filters, scorers or a picker");
        }
        List<Strategy> filters = new ArrayList<>();
        for (PipelineSpec.Piece piece : spec.filters()) {
            Strategy filter = piece(spec, piece, "filter", what + ".filters: ");
            if (filter != null) {
                filters.add(filter);
            }
        }
        Map<Strategy, Integer> scorers = new LinkedHashMap<>();
        for (PipelineSpec.Piece piece : spec.scorers()) {
            Strategy scorer = piece(spec, piece, "scorer", what + ".scorers: ");
            if (scorer != null && scorers.put(scorer, piece.weight()) != null) {
                errors.add(piece.where() + ": " + what + ".scorers: " + piece.name() + " is given twice");
            }
        }
        Strategy picker = picked == null ? null : piece(spec, picked, "picker", what + ".picker: ");
        if (errors.size() > before) {
            return;
        }
        try {
            pipelines.add(Pipeline.of(spec.name(), filters, scorers, picker));
        } catch (IllegalArgumentException e) {
            errors.add(spec.where() + ": " + what + ": " + e.getMessage());
        }
    }

    /** The piece; null where it cannot be one. */
    private @Nullable Strategy piece(PipelineSpec of, PipelineSpec.Piece piece, String kind, String where) {
        Predicate<Strategy> fits = strategy -> switch (kind) {
            case "filter" -> strategy.traits().filters();
            case "picker" -> strategy.traits().picks();
            default -> strategy.traits().scores();
        };
        Strategy found = strategies.get(piece.name());
        if (found == null || !fits.test(found)) {
            List<String> good = strategies.values().stream().filter(fits).map(Strategy::name).sorted().toList();
            errors.add(piece.where() + ": " + where + piece.name() + (found == null ? " does not exist"
                    : " is no " + kind + " but a " + found.traits().kind())
                    + (found == null ? Settings.closest(piece.name(), good) : "")
                    + " (there are: " + String.join(", ", good) + ")");
            return null;
        }
        return piece.settings().isEmpty() ? found : withOwnSettings(of, piece, found, where);
    }

    private @Nullable Strategy withOwnSettings(PipelineSpec of, PipelineSpec.Piece piece, Strategy shared,
            String where) {
        Map<String, Source> given = new HashMap<>(settings.getOrDefault(piece.name(), Map.of()));
        given.putAll(piece.settings());
        List<String> wrong = new ArrayList<>();
        Strategy made = null;
        try {
            PluginSettings read = PluginSettings.read(piece.name(), List.copyOf(shared.provider().settings()), given,
                    wrong);
            made = read == null ? null : named(of, piece, shared, read);
        } catch (RuntimeException | LinkageError e) {
            // Code of a plugin, which has answered the same question once already.
            errors.add(piece.where() + ": " + where + piece.name() + ": " + Reason.of(e));
        }
        // Those of the shared one are told where they are read; they are wrong here as well.
        String prefix = "routers." + piece.name() + ".";
        Set<String> own = piece.settings().keySet();
        wrong.stream().filter(error -> own.stream().anyMatch(name -> error.contains(prefix + name + ":")))
                .map(error -> error.replace(prefix, where.replace(": ", ".") + piece.name() + "."))
                .forEach(errors::add);
        return made;
    }

    // The same piece may be there twice, with different settings.
    private Strategy named(PipelineSpec of, PipelineSpec.Piece piece, Strategy shared, PluginSettings read) {
        return Stream.iterate(1, number -> number + 1)
                .map(number -> shared.within(of.name(), number == 1 ? piece.name() : piece.name() + "-" + number, read))
                .filter(made -> own.putIfAbsent(made.name(), made) == null).findFirst().orElseThrow();
    }
}
