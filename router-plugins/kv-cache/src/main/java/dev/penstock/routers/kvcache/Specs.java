package dev.penstock.routers.kvcache;

import dev.penstock.spi.SettingSpec;

/** Settings of the strategies, in short. */
final class Specs {

    private Specs() {}

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
