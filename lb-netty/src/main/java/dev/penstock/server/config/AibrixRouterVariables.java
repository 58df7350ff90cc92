package dev.penstock.server.config;

import dev.penstock.core.config.Settings.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The environment variables of AIBrix's gateway that are settings of one strategy here. They count as
 * {@link AibrixVariables} do, and say nothing where the strategy, or its setting, is not there. Stateless; any thread.
 */
final class AibrixRouterVariables {

    private static final String PD = "pd";

    /**
     * Another name of a strategy's setting.
     *
     * @param variable the variable
     * @param strategy name of the strategy
     * @param setting name below {@code routers.<strategy>.}
     * @param converted from the variable's text to the setting's
     */
    record Alias(String variable, String strategy, String setting, UnaryOperator<String> converted) {}

    static final List<Alias> ALIASES = List.of(
            pd("AIBRIX_PREFILL_SCORE_POLICY", "prefill-policy"),
            pd("AIBRIX_DECODE_SCORE_POLICY", "decode-policy"),
            pd("AIBRIX_KV_CONNECTOR_TYPE", "connector"),
            pd("AIBRIX_PREFILL_LOAD_IMBALANCE_MIN_SPREAD", "prefill-imbalance"),
            pd("AIBRIX_DECODE_LOAD_IMBALANCE_MIN_SPREAD", "decode-imbalance"),
            pd("AIBRIX_DECODE_THROUGHPUT_IMBALANCE_MIN_SPREAD", "decode-throughput-imbalance"),
            pd("AIBRIX_DECODE_SCORE_RATIO_THRESHOLD", "decode-drain-ratio"),
            pd("AIBRIX_DECODE_LB_WEIGHT_RUNNING", "decode-weight-running"),
            pd("AIBRIX_DECODE_LB_WEIGHT_THROUGHPUT", "decode-weight-throughput"),
            new Alias("AIBRIX_PROMPT_LENGTH_BUCKETING", PD, "prompt-length-bucketing",
                    AibrixRouterVariables::truth));

    private AibrixRouterVariables() {}

    private static Alias pd(String variable, String setting) {
        return new Alias(variable, PD, setting, UnaryOperator.identity());
    }

    /** What Go reads as a truth value; anything else is left for the setting to refuse. */
    private static String truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "t", "true" -> "true";
            case "0", "f", "false" -> "false";
            default -> text;
        };
    }

    /** What the variables say: by strategy, then by name of the setting. */
    static Map<String, Map<String, Source>> read(Map<String, String> variables) {
        Map<String, Map<String, Source>> read = new HashMap<>();
        for (Alias alias : ALIASES) {
            String text = variables.getOrDefault(alias.variable(), "").strip();
            if (!text.isEmpty()) {
                read.computeIfAbsent(alias.strategy(), any -> new HashMap<>()).put(alias.setting(),
                        new Source(alias.converted().apply(text), "environment " + alias.variable()));
            }
        }
        return read;
    }
}
