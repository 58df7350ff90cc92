package dev.penstock.server.config;

import dev.penstock.core.config.Settings.Source;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline as the configuration file describes it. Immutable.
 *
 * @param name its name
 * @param where the line that says so, for a person
 * @param filters its filters, in order
 * @param scorers its scorers, in order
 * @param picker its picker, or null
 */
public record PipelineSpec(String name, String where, List<Piece> filters, List<Piece> scorers,
        @Nullable Piece picker) {

    /**
     * A piece.
     *
     * @param name name of its provider
     * @param where the line that says so, for a person
     * @param weight weight of its scores; 1 where none is given
     * @param settings settings of its own, by name; empty where it is the one that others share
     */
    public record Piece(String name, String where, int weight, Map<String, Source> settings) {}
}
