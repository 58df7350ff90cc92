package dev.penstock.cache.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.prometheus.PromQueryTable;
import dev.penstock.spi.Gauge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/engine-metrics.md} shows the mappings as they are. */
class EngineMetricsPageTest {

    @Test
    void shouldShowEveryMappingAsItIs() throws IOException {
        List<String> rows = new ArrayList<>();
        for (Gauge gauge : Gauge.values()) {
            StringBuilder row = new StringBuilder("| `").append(gauge).append("` | `").append(gauge.metric())
                    .append("` |");
            boolean any = false;
            for (EngineMapping mapping : EngineMappings.ALL) {
                List<Derivation> ways = mapping.derivations().getOrDefault(gauge, List.of());
                any |= !ways.isEmpty();
                row.append(' ').append(String.join("; ", ways.stream().map(Derivation::words).toList())).append(" |");
            }
            if (any) {
                rows.add(row.toString().replace("  |", " |"));
            }
        }
        for (String line : PromQueryTable.lines()) {
            rows.add(line);
        }
        Path page = Path.of("..", "docs", "engine-metrics.md");
        List<String> shown = Files.readAllLines(page).stream().filter(line -> line.startsWith("| `")
                && !line.startsWith("| `scrape.") && !line.startsWith("| `prometheus.")
                && !line.startsWith("| `penstock_")).toList();
        assertThat(shown).as("the tables of " + page).containsExactlyElementsOf(rows);
    }
}
