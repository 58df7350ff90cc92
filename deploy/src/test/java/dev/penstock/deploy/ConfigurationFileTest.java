package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The commented configuration of the distribution tells the truth. */
final class ConfigurationFileTest {
    private static final Path FILE = Path.of("src/main/dist/conf/penstock.yaml");
    /** A setting at its default: no blank between the sign and the key. Prose has one. */
    private static final Pattern COMMENTED = Pattern.compile("(?m)^( *)#(?=[a-z-]+:)");

    @Test
    void shouldBeValidAsItIs() throws IOException {
        assertThat(parse(Files.readString(FILE)).containsKey("models")).isTrue();
    }

    @Test
    void shouldShowEveryLiveSettingWithItsDefault() throws IOException {
        Map<String, String> shown = flatten(parse(COMMENTED.matcher(Files.readString(FILE)).replaceAll("$1")));

        for (Setting<?> setting : LiveSettings.ALL) {
            assertThat(shown).containsEntry(setting.name(), setting.defaultText());
        }
    }

    private static Map<?, ?> parse(String yaml) {
        return (Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromString(yaml);
    }

    private static Map<String, String> flatten(Map<?, ?> tree) {
        Map<String, String> flat = new HashMap<>();
        collect("", tree, flat);
        return flat;
    }

    private static void collect(String prefix, Map<?, ?> tree, Map<String, String> flat) {
        tree.forEach((key, value) -> {
            if (value instanceof Map<?, ?> branch) {
                collect(prefix + key + ".", branch, flat);
            } else {
                flat.put(prefix + key, String.valueOf(value));
            }
        });
    }
}
