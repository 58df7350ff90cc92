package dev.penstock.core.engine;

import dev.penstock.spi.Needs;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A strategy that is put together in the configuration: filters, weighted scorers, and a picker. Its pieces are named
 * as the catalog names them. Immutable; any thread.
 *
 * @param name its name, as clients send it
 * @param filters filters, in order
 * @param scorers scorers with their weights, in order
 * @param picker the picker; null for the highest sum, ties at random
 * @param needs what has to be prepared of a request, for all pieces
 * @param servedOnLoop whether all pieces may run on an event loop
 */
public record Pipeline(String name, List<String> filters, List<StrategyExpression.Item> scorers,
        @Nullable String picker, Needs needs, boolean servedOnLoop) {

    /** Keeps copies. */
    public Pipeline {
        filters = List.copyOf(filters);
        scorers = List.copyOf(scorers);
    }

    /**
     * A pipeline of these pieces.
     *
     * @param name its name
     * @param filters filters, in order
     * @param scorers scorers and their weights, in order
     * @param picker the picker, or null
     * @throws IllegalArgumentException where a request cannot be prepared for all of them
     */
    public static Pipeline of(String name, List<Strategy> filters, Map<Strategy, Integer> scorers,
            @Nullable Strategy picker) {
        List<Strategy> pieces = Stream.of(filters.stream(), scorers.keySet().stream(), Stream.ofNullable(picker))
                .flatMap(strategies -> strategies).toList();
        Needs needs = Needs.NOTHING;
        for (Strategy piece : pieces) {
            needs = StrategyCatalog.both(needs, piece.needs());
            if (needs == null) {
                throw new IllegalArgumentException(piece.name()
                        + " needs the prompt prepared in another way than those before it");
            }
        }
        return new Pipeline(name, filters.stream().map(Strategy::name).toList(),
                scorers.entrySet().stream()
                        .map(each -> new StrategyExpression.Item(each.getKey().name(), each.getValue())).toList(),
                picker == null ? null : picker.name(), needs, pieces.stream().allMatch(Strategy::servedOnLoop));
    }

    /** Names of all pieces, in order. */
    public List<String> pieces() {
        return Stream.of(filters.stream(), scorers.stream().map(StrategyExpression.Item::name),
                Stream.ofNullable(picker)).flatMap(names -> names).toList();
    }

    StrategyExpression expression() {
        return StrategyExpression.of(name, List.of(new StrategyExpression.Item(name, 1)), needs, false, servedOnLoop);
    }
}
