package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.engine.PluginSettings;
import dev.penstock.core.engine.Strategy;
import dev.penstock.server.config.ConfigFile;
import dev.penstock.server.plugin.Pipelines;
import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/pipelines.md} names every filter and picker of the distribution, with its settings as they are. */
class PipelinesPageTest {

    private static final Path PAGE = Path.of("..", "docs", "pipelines.md");
    private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");

    private static List<RouterProvider> providers() {
        return ServiceLoader.load(RouterProvider.class).stream().map(ServiceLoader.Provider::get).toList();
    }

    private static List<Strategy> strategies() {
        return providers().stream().map(provider -> Strategy.of(provider,
                PluginSettings.read(provider.name(), provider.settings(), Map.of()), true, "test")).toList();
    }

    @Test
    void shouldDescribeEachPieceWithItsSettings() throws IOException {
        List<String> rows = Files.readAllLines(PAGE).stream().filter(line -> line.startsWith("| `"))
                .filter(line -> !line.startsWith("| `penstock_")).toList();

        List<String> expected = new ArrayList<>();
        for (RouterProvider provider : providers()) {
            if (provider.filters() || provider.picks()) {
                expected.add("| `" + provider.name() + "` |");
                for (SettingSpec setting : provider.settings()) {
                    expected.add("`" + setting.name() + "` (" + (setting.defaultValue().isEmpty() ? "empty"
                            : setting.defaultValue()) + "): " + setting.description());
                }
            }
        }
        assertThat(expected).isNotEmpty().allSatisfy(text -> assertThat(rows).anyMatch(row -> row.contains(text)));
        assertThat(rows).hasSize((int) expected.stream().filter(text -> text.startsWith("|")).count());
    }

    @Test
    void shouldShowExamplesThatHold() throws IOException {
        Matcher examples = YAML.matcher(Files.readString(PAGE));
        int found = 0;
        while (examples.find()) {
            ConfigFile file = ConfigFile.parse("example", examples.group(1));
            assertThat(Pipelines.of(file.pipelines(), strategies(), file.routers()).errors()).isEmpty();
            found++;
        }
        assertThat(found).isPositive();
    }
}
