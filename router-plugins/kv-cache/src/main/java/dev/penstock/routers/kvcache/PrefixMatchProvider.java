package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.Router;
import dev.penstock.spi.RouterEnvironment;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.function.UnaryOperator;

/** Offers {@code prefix-match}: the share of a prompt that a pod has cached. */
public final class PrefixMatchProvider implements RouterProvider {

    static final String NAME = "prefix-match";
    static final String INDEX_BYTES = "index-bytes";
    static final String CAPACITY_TOKENS = "capacity-tokens";
    static final String BYTES_PER_TOKEN = "bytes-per-token";
    static final String PREFILL_RATE = "prefill-rate";
    static final String UNCONFIRMED = "unconfirmed";
    static final String TOKEN_INDEX_BYTES = "token-index-bytes";
    static final String CREDIT_CPU = "credit-cpu";
    static final String EVENT_DELAY = "event-delay";
    static final String CREDIT_STORAGE = "credit-storage";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<SettingSpec> settings() {
        return List.of(
                Specs.integer(INDEX_BYTES, 67_108_864,
                        "the most memory for the index of a shard, in bytes; about 60 for each block of each pod"),
                Specs.integer(CAPACITY_TOKENS, 1_048_576,
                        "KV capacity of a pod whose metrics do not tell it, in tokens; better too high than too low"),
                Specs.decimal(BYTES_PER_TOKEN, 4,
                        "bytes of a request in a token, where no tokenizer counts"),
                Specs.decimal(PREFILL_RATE, 8000,
                        "uncached tokens that a pod prefills in a second, until that is learned"),
                Specs.duration(UNCONFIRMED, "10m",
                        "how long a prompt counts as cached that nobody says is prefilled; 0s for as long as others"),
                Specs.integer(TOKEN_INDEX_BYTES, 134_217_728,
                        "the most memory for what engines tell of their caches, in bytes; about 60 for each block"),
                Specs.decimal(CREDIT_CPU, 0.5, "what a token counts that an engine holds in the memory of the CPU"),
                Specs.decimal(CREDIT_STORAGE, 0.25, "what a token counts that an engine holds in storage"),
                Specs.duration(EVENT_DELAY, "2s",
                        "how long a prompt counts as cached where it was sent, though its engine has not told so yet"),
                Specs.tokenizer());
    }

    @Override
    public Needs needs(UnaryOperator<String> text) {
        return Specs.needs(text);
    }

    @Override
    public boolean keepsKvEvents() {
        return true;
    }

    @Override
    public boolean scores() {
        return true;
    }

    @Override
    public Router create(RouterEnvironment environment) {
        return new PrefixMatchRouter(environment);
    }
}
