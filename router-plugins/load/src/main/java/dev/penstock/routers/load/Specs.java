package dev.penstock.routers.load;

import dev.penstock.spi.SettingSpec;

/** Settings of the strategies, in short. */
final class Specs {

    private Specs() {}

    static SettingSpec integer(String name, long standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.INTEGER, Long.toString(standard), description);
    }

    static SettingSpec decimal(String name, double standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.DECIMAL, Double.toString(standard), description);
    }

    static SettingSpec duration(String name, String standard, String description) {
        return new SettingSpec(name, SettingSpec.Type.DURATION, standard, description);
    }
}
