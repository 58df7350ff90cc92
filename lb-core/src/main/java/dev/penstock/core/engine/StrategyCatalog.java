package dev.penstock.core.engine;

import dev.penstock.spi.Needs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The strategies that there are, and how an expression names them:
 * {@code name[:weight](,name[:weight])*}, weights whole numbers from 0 to 1,000,000, 1 where none is given. Immutable
 * but for a bounded memory of expressions; any thread.
 */
public final class StrategyCatalog {

    private static final int MAX_WEIGHT = 1_000_000;
    private static final int MAX_LENGTH = 512;
    private static final int MAX_REMEMBERED = 1_000;

    private final SortedMap<String, Strategy> strategies = new TreeMap<>();
    private final Map<String, Pipeline> pipelines = new HashMap<>();
    private final Set<String> names = new TreeSet<>();
    private final List<String> keepingKvEvents;
    private final Map<String, StrategyExpression> remembered = new ConcurrentHashMap<>();

    /** A catalog of these strategies, whose names differ, and no pipelines. */
    public StrategyCatalog(Collection<Strategy> strategies) {
        this(strategies, List.of());
    }

    /**
     * A catalog of these strategies, whose names differ, and of pipelines made of them.
     *
     * @param strategies the strategies, and the pieces of pipelines
     * @param pipelines pipelines, each with a name of its own
     */
    public StrategyCatalog(Collection<Strategy> strategies, Collection<Pipeline> pipelines) {
        Map<String, Strategy> byName = new HashMap<>();
        for (Strategy strategy : strategies) {
            Strategy other = byName.put(strategy.name(), strategy);
            if (other != null) {
                throw new IllegalArgumentException("strategy " + strategy.name() + ": in " + other.source() + " and in "
                        + strategy.source());
            }
        }
        this.strategies.putAll(byName);
        strategies.stream().filter(Strategy::choosable).map(Strategy::name).forEach(names::add);
        for (Pipeline pipeline : pipelines) {
            if (byName.containsKey(pipeline.name()) || this.pipelines.put(pipeline.name(), pipeline) != null) {
                throw new IllegalArgumentException("pipeline " + pipeline.name() + ": the name is taken");
            }
            names.add(pipeline.name());
        }
        keepingKvEvents = this.strategies.values().stream().filter(strategy -> strategy.provider().keepsKvEvents())
                .map(Strategy::name).toList();
    }

    /** A strategy, or a piece of pipelines, by name; or null. */
    public @Nullable Strategy strategy(String name) {
        return strategies.get(name);
    }

    /** Names of those that keep what engines tell of their KV caches. */
    List<String> keepingKvEvents() {
        return keepingKvEvents;
    }

    /** A pipeline by name, or null. */
    public @Nullable Pipeline pipeline(String name) {
        return pipelines.get(name);
    }

    /** All strategies and pieces of pipelines, in the order of their names. */
    public Collection<Strategy> strategies() {
        return strategies.values();
    }

    /** All names that can be asked for, in order: of strategies and of pipelines. */
    public Collection<String> names() {
        return names;
    }

    /**
     * Reads an expression; null where it is not one, or where one of its parts does not exist or cannot be combined.
     */
    public @Nullable StrategyExpression parse(String text) {
        StrategyExpression known = remembered.get(text);
        if (known != null) {
            return known;
        }
        StrategyExpression parsed = text.length() > MAX_LENGTH ? null : resolve(text);
        // Clients choose the texts: beyond the bound they are read anew each time.
        if (parsed != null && remembered.size() < MAX_REMEMBERED) {
            remembered.put(text, parsed);
        }
        return parsed;
    }

    /**
     * Reads the expression of the settings, which was checked where somebody wrote it; the fallback stands in for a
     * default that no plugin offers.
     */
    public StrategyExpression orFallback(String text) {
        StrategyExpression parsed = parse(text);
        return parsed == null ? StrategyExpression.FALLBACK : parsed;
    }

    private @Nullable StrategyExpression resolve(String text) {
        List<StrategyExpression.Item> items = items(text);
        if (items == null) {
            return null;
        }
        Pipeline pipeline = items.size() == 1 ? pipelines.get(items.getFirst().name()) : null;
        if (pipeline != null) {
            return pipeline.expression();
        }
        Needs needs = Needs.NOTHING;
        boolean queues = false;
        boolean onLoop = true;
        for (StrategyExpression.Item item : items) {
            Strategy strategy = strategies.get(item.name());
            if (strategy == null || !strategy.choosable() || (items.size() > 1 && !strategy.scores())) {
                return null;
            }
            needs = both(needs, strategy.needs());
            if (needs == null) {
                return null;
            }
            queues |= strategy.queues();
            onLoop &= strategy.servedOnLoop();
        }
        return StrategyExpression.of(text, items, needs, queues, onLoop);
    }

    /** What two strategies need together; null where a request cannot be prepared for both. */
    public static @Nullable Needs both(Needs one, Needs other) {
        int oneBlock = one.hashBlockBytes();
        int otherBlock = other.hashBlockBytes();
        if (oneBlock != 0 && otherBlock != 0 && oneBlock != otherBlock) {
            return null;
        }
        String tokenizer = one.tokenizer() == null ? other.tokenizer() : one.tokenizer();
        if (other.tokenizer() != null && !other.tokenizer().equals(tokenizer)) {
            return null;
        }
        return new Needs(one.text() || other.text(), Math.max(oneBlock, otherBlock), tokenizer);
    }

    static @Nullable List<StrategyExpression.Item> items(String text) {
        List<StrategyExpression.Item> items = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String[] nameAndWeight = part.trim().split(":", -1);
            int weight = nameAndWeight.length == 1 ? 1 : weight(nameAndWeight[1].trim());
            String name = nameAndWeight[0].trim();
            if (name.isEmpty() || nameAndWeight.length > 2 || weight < 0) {
                return null;
            }
            if (weight > 0 && exclusive(name)) {
                return List.of(new StrategyExpression.Item(name, 1));
            }
            if (weight > 0) {
                items.add(new StrategyExpression.Item(name, weight));
            }
        }
        return items.isEmpty() ? null : List.copyOf(items);
    }

    // These cannot be combined with others: the first of them is taken alone, as AIBrix does.
    private static boolean exclusive(String name) {
        return name.equals("pd") || name.startsWith("slo");
    }

    private static int weight(String text) {
        if (text.isEmpty() || text.length() > 7 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int weight = Integer.parseInt(text);
        return weight > MAX_WEIGHT ? -1 : weight;
    }
}
