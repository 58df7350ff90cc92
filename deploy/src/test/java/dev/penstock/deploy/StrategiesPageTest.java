package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.RouterProvider;
import dev.penstock.spi.SettingSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/strategies.md} describes every strategy of the distribution, with its settings as they are. */
class StrategiesPageTest {

    private static final Path PAGE = Path.of("..", "docs", "strategies.md");
    private static final String HEADING = "### `";

    @Test
    void shouldDescribeEachStrategyAndNoOther() throws IOException {
        assertThat(sections().keySet()).containsExactlyElementsOf(providers().keySet());
    }

    @Test
    void shouldSayTheSameOfEach() throws IOException {
        sections().forEach((name, lines) -> assertThat(lines.stream().filter(line -> line.startsWith("- **"))
                .map(line -> line.substring(4, line.indexOf("**:")))).as(name)
                .containsExactly("When", "Inputs", "Formula", "Without data", "Scores"));
    }

    @Test
    void shouldSayWhichOfThemScore() throws IOException {
        Map<String, RouterProvider> providers = providers();
        sections().forEach((name, lines) -> assertThat(lines.contains("- **Scores**: no.")).as(name)
                .isNotEqualTo(provider(providers, name).scores()));
    }

    @Test
    void shouldShowEachSettingAsItIs() throws IOException {
        Map<String, RouterProvider> providers = providers();
        sections().forEach((name, lines) -> assertThat(lines.stream().filter(line -> line.startsWith("|")).toList())
                .as(name).isEqualTo(table(provider(providers, name))));
    }

    private static List<String> table(RouterProvider provider) {
        List<String> lines = new ArrayList<>();
        for (SettingSpec setting : provider.settings()) {
            lines.add("| `" + setting.name() + "` | " + setting.defaultValue() + " | " + setting.description() + " |");
        }
        if (!lines.isEmpty()) {
            lines.addAll(0, List.of("| Setting | Default | |", "|---|---|---|"));
        }
        return lines;
    }

    /** The lines below the heading of each strategy. */
    private static Map<String, List<String>> sections() throws IOException {
        Map<String, List<String>> sections = new TreeMap<>();
        List<String> section = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("#")) {
                section = new ArrayList<>();
            }
            if (line.startsWith(HEADING)) {
                String name = line.substring(HEADING.length(), line.length() - 1);
                assertThat(sections.put(name, section)).as(line).isNull();
            } else {
                section.add(line);
            }
        }
        return sections;
    }

    private static Map<String, RouterProvider> providers() {
        // Pieces of pipelines have a page of their own.
        return ServiceLoader.load(RouterProvider.class).stream().map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scores() || !(provider.filters() || provider.picks()))
                .collect(Collectors.toMap(RouterProvider::name, Function.identity(), (one, other) -> one,
                        TreeMap::new));
    }

    private static RouterProvider provider(Map<String, RouterProvider> providers, String name) {
        RouterProvider provider = providers.get(name);
        assertThat(provider).as(name).isNotNull();
        return provider;
    }
}
