package dev.penstock.routers.kvcache;

import dev.penstock.spi.Needs;
import dev.penstock.spi.SettingSpec;
import java.util.function.UnaryOperator;

/** Settings of the strategies, in short. */
final class Specs {

    private static final String TOKENIZER = "tokenizer";

    private Specs() {}

    /** By which tokenizer prompts are compared with what engines tell; none, unless somebody names one. */
    static SettingSpec tokenizer() {
        return text(TOKENIZER, "", "tokenizer by which prompts are looked up in what engines tell of their caches;"
                + " empty for none, then the view by bytes decides");
    }

    /** What all strategies need: hashes of blocks, and tokens where a tokenizer is named. */
    static Needs needs(UnaryOperator<String> text) {
        String tokenizer = text.apply(TOKENIZER).strip();
        return new Needs(false, Prompts.BLOCK_BYTES, tokenizer.isEmpty() ? null : tokenizer);
    }

    static SettingSpec text(String name, String standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.TEXT, standard, description);
    }

    static SettingSpec integer(String name, long standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.INTEGER, Long.toString(standard), description);
    }

    static SettingSpec decimal(String name, double standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.DECIMAL, Double.toString(standard), description);
    }

    static SettingSpec flag(String name, boolean standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.BOOLEAN, Boolean.toString(standard), description);
    }

    static SettingSpec duration(String name, String standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.DURATION, standard, description);
    }
}
