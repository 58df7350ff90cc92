package dev.penstock.core.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.spi.SettingSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PluginSettingsTest {

    private static final List<SettingSpec> SPECS = List.of(new SettingSpec("text", SettingSpec.Type.TEXT, "t", ""),
            new SettingSpec("count", SettingSpec.Type.INTEGER, "3", ""),
            new SettingSpec("share", SettingSpec.Type.DECIMAL, "0.5", ""),
            new SettingSpec("on", SettingSpec.Type.BOOLEAN, "true", ""),
            new SettingSpec("time", SettingSpec.Type.DURATION, "250ms", ""));

    @Test
    void shouldReadDefaults() {
        PluginSettings settings = PluginSettings.read("s", SPECS, Map.of());
        assertThat(settings.text("text")).isEqualTo("t");
        assertThat(settings.integer("count")).isEqualTo(3);
        assertThat(settings.decimal("share")).isEqualTo(0.5);
        assertThat(settings.flag("on")).isTrue();
        assertThat(settings.integer("time")).isEqualTo(250_000_000);
    }

    @Test
    void shouldPreferWhatIsGiven() {
        PluginSettings settings = PluginSettings.read("s", SPECS, Map.of("count", " 4 ", "on", "false"));
        assertThat(settings.integer("count")).isEqualTo(4);
        assertThat(settings.flag("on")).isFalse();
    }

    @Test
    void shouldNameAllErrorsAtOnce() {
        assertThatThrownBy(() -> PluginSettings.read("s", SPECS,
                Map.of("count", "many", "on", "yes", "time", "soon", "share", "x", "other", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("routers.s.count: many", "routers.s.on: yes", "routers.s.time: soon",
                        "routers.s.share: x", "routers.s.other: unknown setting");
    }

    @Test
    void shouldRefuseWhatWasNotDeclared() {
        PluginSettings settings = PluginSettings.read("s", SPECS, Map.of());
        assertThatThrownBy(() -> settings.integer("text")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.text("nothing")).isInstanceOf(IllegalArgumentException.class);
    }
}
