package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The environment variables of AIBrix's gateway container, as other names of our settings. They hold with
 * {@code --aibrix} only, and count as variables do: more than the file, less than flags and {@code PENSTOCK_…}. An
 * empty one says nothing. Stateless; any thread.
 *
 * <p>A variable that nothing here answers to is told by name and reason, once, when the server starts.
 */
public final class AibrixVariables {

    private static final String PREFIX = "AIBRIX_";

    /**
     * Another name of a setting.
     *
     * @param variable the variable
     * @param setting name of our setting
     * @param converted from the variable's text to the setting's
     */
    record Alias(String variable, String setting, UnaryOperator<String> converted) {}

    static final List<Alias> ALIASES = List.of(
            new Alias("ROUTING_ALGORITHM", "routing.strategy", UnaryOperator.identity()),
            new Alias("AIBRIX_POD_METRIC_REFRESH_INTERVAL_MS", "scrape.interval", number("ms")),
            new Alias("AIBRIX_GRPC_MAX_MESSAGE_SIZE_BYTES", "limits.body", UnaryOperator.identity()),
            new Alias("AIBRIX_GATEWAY_TIMEOUT_SECONDS", "timeouts.total", number("s")),
            new Alias("AIBRIX_PREFILL_REQUEST_TIMEOUT", "prefill.timeout", number("s")),
            new Alias("AIBRIX_TRT_MACHINE_ID", "prefill.machine-id", UnaryOperator.identity()),
            new Alias("AIBRIX_POD_DEPLOYMENT_LABEL", "cache.group-by", UnaryOperator.identity()),
            new Alias("AIBRIX_POD_RAYCLUSTERFLEET_LABEL", "kubernetes.fleet-label", UnaryOperator.identity()),
            new Alias("AIBRIX_AUTH_BEARER_TOKEN", "keys.shared", UnaryOperator.identity()),
            new Alias("AIBRIX_GPU_OPTIMIZER_TRACING_FLAG", "traces.enabled", UnaryOperator.identity()),
            new Alias("AIBRIX_MODEL_GPU_PROFILE_CACHING_FLAG", "gpu-profiles.redis", UnaryOperator.identity()),
            new Alias("AIBRIX_STATESYNC_ENABLED", "replicas.prefixes", UnaryOperator.identity()),
            new Alias("AIBRIX_PREFIX_CACHE_KV_EVENT_SYNC_ENABLED", "kv-events.enabled", UnaryOperator.identity()),
            new Alias("AIBRIX_PREFIX_CACHE_TOKENIZER_TYPE", "tokenizers.default", AibrixVariables::tokenizer),
            new Alias("AIBRIX_PREFIX_CACHE_REMOTE_TOKENIZER_ENDPOINT", "tokenizers.remote.url",
                    UnaryOperator.identity()),
            new Alias("AIBRIX_TOKENIZER_REQUEST_TIMEOUT", "tokenizers.remote.deadline", number("s")),
            new Alias("REDIS_PASSWORD", "redis.password", UnaryOperator.identity()),
            new Alias("PROMETHEUS_ENDPOINT", "prometheus.endpoint", UnaryOperator.identity()),
            new Alias("PROMETHEUS_BASIC_AUTH_USERNAME", "prometheus.username", UnaryOperator.identity()),
            new Alias("PROMETHEUS_BASIC_AUTH_PASSWORD", "prometheus.password", UnaryOperator.identity()),
            new Alias("AIBRIX_PROMETHEUS_QUERY_INTERVAL_MS", "prometheus.interval", number("ms")),
            new Alias("AIBRIX_PROMETHEUS_QUERY_TIMEOUT_MS", "prometheus.timeout", number("ms")));

    /**
     * A setting that several variables say together.
     *
     * @param variables the variables; without the first one, the others say nothing
     * @param setting name of our setting
     * @param joined from the texts of the variables, in their order, empty where one says nothing, to the setting's
     */
    record Joined(List<String> variables, String setting, Function<List<String>, String> joined) {}

    static final List<Joined> JOINED = List.of(
            new Joined(List.of("REDIS_HOST", "REDIS_PORT", "REDIS_DATABASE"), "redis.url", AibrixVariables::redis),
            new Joined(List.of("AIBRIX_PREFIX_CACHE_USE_REMOTE_TOKENIZER", "AIBRIX_PREFIX_CACHE_TOKENIZER_TYPE"),
                    "tokenizers.default", AibrixVariables::remoteOr));

    /** What nothing answers to, by the beginning of the name, and why. The longest one that fits counts. */
    private static final Map<String, String> PASSED_OVER = Map.ofEntries(
            Map.entry("REDIS_", "not known"),
            Map.entry("AIBRIX_STATESYNC_", "replicas tell each other within replicas.period"),
            Map.entry("AIBRIX_HTTPROUTE_CACHE_TTL", "what names no strategy goes by routing.strategy, not by a route"),
            Map.entry("AIBRIX_PREFIX_CACHE_", "a setting of one strategy: routers.<strategy>"),
            Map.entry("AIBRIX_ROUTER_", "a setting of one strategy: routers.<strategy>"),
            Map.entry("AIBRIX_PREFILL_", "a setting of one strategy: routers.<strategy>"),
            Map.entry("AIBRIX_DECODE_", "a setting of one strategy: routers.<strategy>"),
            Map.entry("AIBRIX_TOKENIZER_", "there is no pool of tokenizers: engines are asked with each prompt"),
            Map.entry("AIBRIX_VLLM_TOKENIZER_", "engines are asked for tokens at the port where they serve"),
            Map.entry("AIBRIX_MAX_TOKENIZERS_PER_POOL",
                    "there is no pool of tokenizers: engines are asked with each prompt"),
            Map.entry("PROMETHEUS_BASIC_AUTH_SECRET_", "no secrets are read from the API server"),
            Map.entry(PREFIX, "not known"));

    private AibrixVariables() {}

    private static UnaryOperator<String> number(String unit) {
        // What is no number is left for the setting to refuse, with the variable's name.
        return text -> text.chars().allMatch(Character::isDigit) ? text + unit : text;
    }

    private static String tokenizer(String type) {
        return switch (type) {
            case "character" -> "characters";
            case "tiktoken" -> "cl100k_base";
            default -> type;
        };
    }

    private static String remoteOr(List<String> texts) {
        String type = texts.getLast();
        return texts.getFirst().equalsIgnoreCase("true") ? "remote" : type.isEmpty() ? "auto" : tokenizer(type);
    }

    private static String redis(List<String> texts) {
        String host = texts.getFirst();
        String database = texts.getLast();
        return "redis://" + (host.indexOf(':') < 0 ? host : '[' + host + ']')
                + (texts.get(1).isEmpty() ? "" : ':' + texts.get(1)) + (database.isEmpty() ? "" : '/' + database);
    }

    /**
     * What the variables say of settings.
     *
     * @param variables all variables
     * @param known all settings that there are; a variable whose setting is not among them says nothing
     * @return by name of the setting
     */
    public static Map<String, Source> read(Map<String, String> variables, List<Setting<?>> known) {
        Set<String> names = names(known);
        Map<String, Source> read = new HashMap<>();
        for (Alias alias : ALIASES) {
            String text = variables.getOrDefault(alias.variable(), "").strip();
            if (!text.isEmpty() && names.contains(alias.setting())) {
                read.put(alias.setting(), new Source(alias.converted().apply(text),
                        "environment " + alias.variable()));
            }
        }
        for (Joined join : JOINED) {
            List<String> texts = join.variables().stream().map(variable -> said(variables, variable)).toList();
            if (!texts.getFirst().isEmpty() && names.contains(join.setting())) {
                read.put(join.setting(), new Source(join.joined().apply(texts), "environment " + join.variables()
                        .stream().filter(variable -> !said(variables, variable).isEmpty())
                        .collect(Collectors.joining(", "))));
            }
        }
        return read;
    }

    /** What a variable says, unless Kubernetes has made it of a service by the same name. */
    private static String said(Map<String, String> variables, String variable) {
        String text = variables.getOrDefault(variable, "").strip();
        return Environment.ofAService(variable, text) ? "" : text;
    }

    /** What is passed over: one sentence for each reason, with the variables that it holds for. */
    public static List<String> passedOver(Map<String, String> variables, List<Setting<?>> known) {
        Set<String> taken = new HashSet<>();
        Set<String> names = names(known);
        ALIASES.stream().filter(alias -> names.contains(alias.setting())).forEach(alias -> taken.add(alias.variable()));
        JOINED.stream().filter(join -> names.contains(join.setting())).forEach(join -> taken.addAll(join.variables()));
        AibrixRouterVariables.ALIASES.forEach(alias -> taken.add(alias.variable()));
        Map<String, List<String>> byReason = new TreeMap<>();
        new TreeMap<>(variables).forEach((variable, value) -> {
            String reason = taken.contains(variable) || value.isBlank()
                    || Environment.ofAService(variable, value) ? "" : reason(variable);
            if (!reason.isEmpty()) {
                byReason.computeIfAbsent(reason, any -> new ArrayList<>()).add(variable);
            }
        });
        return byReason.entrySet().stream()
                .map(entry -> "environment: passed over: " + String.join(", ", entry.getValue()) + " ("
                        + entry.getKey() + ")").toList();
    }

    private static String reason(String variable) {
        String longest = "";
        for (String beginning : PASSED_OVER.keySet()) {
            if (variable.startsWith(beginning) && beginning.length() > longest.length()) {
                longest = beginning;
            }
        }
        return PASSED_OVER.getOrDefault(longest, "");
    }

    private static Set<String> names(List<Setting<?>> known) {
        Set<String> names = new HashSet<>();
        known.forEach(setting -> names.add(setting.name()));
        return names;
    }
}
