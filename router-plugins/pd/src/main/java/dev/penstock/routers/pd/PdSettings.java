package dev.penstock.routers.pd;

import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.SettingSpec;
import java.util.List;

/**
 * The settings of {@code pd}. Immutable.
 *
 * @param spreads what is far more to do than others have
 * @param policies how pods are compared
 * @param weights what counts how much
 * @param connector how KV caches are handed over where pods do not tell
 * @param bucketing whether profiles of pods are heeded: lengths of prompts, and pods that do both
 * @param unknownWord whether a policy or the connector is a word that nobody knows, so that its default holds
 */
record PdSettings(Spreads spreads, Policies policies, Weights weights, String connector, boolean bucketing,
        boolean unknownWord) {

    private static final String PREFILL_IMBALANCE = "prefill-imbalance";
    private static final String DECODE_IMBALANCE = "decode-imbalance";
    private static final String THROUGHPUT_IMBALANCE = "decode-throughput-imbalance";
    private static final String DRAIN_RATIO = "decode-drain-ratio";
    private static final String PREFILL_POLICY = "prefill-policy";
    private static final String DECODE_POLICY = "decode-policy";
    private static final String DEVIATION = "deviation-factor";
    private static final String WEIGHT_RUNNING = "decode-weight-running";
    private static final String WEIGHT_THROUGHPUT = "decode-weight-throughput";
    private static final String CONNECTOR = "connector";
    private static final String BUCKETING = "prompt-length-bucketing";

    static final List<SettingSpec> SPECS = List.of(
            new SettingSpec(PREFILL_POLICY, SettingSpec.Type.TEXT, PrefillPolicy.PREFIX_CACHE.word(),
                    "how prefill pods are compared: prefix_cache, least_request or conductor"),
            new SettingSpec(DECODE_POLICY, SettingSpec.Type.TEXT, DecodePolicy.LOAD_BALANCING.word(),
                    "how decode pods are compared: load_balancing, least_request or conductor"),
            new SettingSpec(CONNECTOR, SettingSpec.Type.TEXT, Connectors.STANDARD,
                    "how vLLM hands KV caches over where a pod's label does not tell: shfs, nixl or mooncake"),
            new SettingSpec(PREFILL_IMBALANCE, SettingSpec.Type.INTEGER, "16",
                    "where prefill pods differ by more requests than this, one with the fewest is chosen"),
            new SettingSpec(DECODE_IMBALANCE, SettingSpec.Type.INTEGER, "16",
                    "where decode pods differ by so many requests, one with the fewest is chosen"),
            new SettingSpec(THROUGHPUT_IMBALANCE, SettingSpec.Type.DECIMAL, "2048",
                    "where decode pods differ by more tokens a second than this, the one with the fewest is chosen"),
            new SettingSpec(DRAIN_RATIO, SettingSpec.Type.DECIMAL, "1.5",
                    "where one decode pod takes more than this many times as long as another one to complete what it "
                            + "has, the soonest is chosen"),
            new SettingSpec(DEVIATION, SettingSpec.Type.DECIMAL, "1",
                    "a prefill pod may have this many standard deviations more requests than the mean"),
            new SettingSpec(WEIGHT_RUNNING, SettingSpec.Type.DECIMAL, "1",
                    "load_balancing: what requests of a decode pod weigh"),
            new SettingSpec(WEIGHT_THROUGHPUT, SettingSpec.Type.DECIMAL, "1",
                    "load_balancing: what its tokens a second weigh"),
            new SettingSpec(BUCKETING, SettingSpec.Type.BOOLEAN, "false",
                    "whether profiles of pods say which prompt lengths they take, and which pods do both"));

    /**
     * From where on pods differ too much.
     *
     * @param prefillRequests more requests than this, between prefill pods
     * @param decodeRequests so many requests, between decode pods
     * @param decodeThroughput more tokens a second than this
     * @param drainRatio more than this many times the time to complete all requests
     */
    record Spreads(long prefillRequests, long decodeRequests, double decodeThroughput, double drainRatio) {}

    /**
     * What counts how much.
     *
     * @param deviationFactor how many standard deviations above the mean a prefill pod may be
     * @param running requests of a decode pod
     * @param throughput tokens a second of a decode pod
     */
    record Weights(double deviationFactor, double running, double throughput) {}

    static PdSettings of(RouterEnvironment environment) {
        PrefillPolicy prefill = PrefillPolicy.of(environment.text(PREFILL_POLICY));
        DecodePolicy decode = DecodePolicy.of(environment.text(DECODE_POLICY));
        String connector = Connectors.known(environment.text(CONNECTOR));
        return new PdSettings(
                new Spreads(environment.integer(PREFILL_IMBALANCE), environment.integer(DECODE_IMBALANCE),
                        environment.decimal(THROUGHPUT_IMBALANCE), environment.decimal(DRAIN_RATIO)),
                new Policies(prefill == null ? PrefillPolicy.PREFIX_CACHE : prefill,
                        decode == null ? DecodePolicy.LOAD_BALANCING : decode),
                new Weights(environment.decimal(DEVIATION), environment.decimal(WEIGHT_RUNNING),
                        environment.decimal(WEIGHT_THROUGHPUT)),
                connector == null ? Connectors.STANDARD : connector, environment.flag(BUCKETING),
                prefill == null || decode == null || connector == null);
    }
}
