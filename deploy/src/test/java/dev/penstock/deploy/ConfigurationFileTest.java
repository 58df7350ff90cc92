package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.CacheSettings;
import dev.penstock.cache.EngineMetricsSettings;
import dev.penstock.cache.gpu.GpuProfileSettings;
import dev.penstock.cache.keys.KeySettings;
import dev.penstock.cache.kubernetes.KubernetesSettings;
import dev.penstock.cache.kvevents.KvEventSettings;
import dev.penstock.cache.limits.LimitSettings;
import dev.penstock.cache.redis.RedisSettings;
import dev.penstock.cache.replica.ReplicaSettings;
import dev.penstock.cache.trace.TraceSettings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.server.claims.ClaimSettings;
import dev.penstock.server.config.ConfigFile;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.disaggregated.PrefillSettings;
import dev.penstock.server.tokens.TokenizerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The commented configuration of the distribution tells the truth. */
final class ConfigurationFileTest {
    private static final Path FILE = Path.of("src/main/dist/conf/penstock.yaml");
    /** A setting at its default: no blank between the sign and the name. Prose has one. */
    private static final Pattern COMMENTED = Pattern.compile("(?m)^#(?=[a-z][a-z0-9.-]*:)");

    @Test
    void shouldSetNothingAndNameAModelAsItIs() throws IOException {
        ConfigFile file = ConfigFile.parse("penstock.yaml", Files.readString(FILE));

        assertThat(file.settings()).isEmpty();
        assertThat(file.hasModels()).isTrue();
    }

    @Test
    void shouldShowEverySettingWithItsDefaultAndNoOther() throws IOException {
        String uncommented = COMMENTED.matcher(Files.readString(FILE)).replaceAll("");

        Map<String, String> shown = new TreeMap<>();
        for (Map.Entry<String, Source> said : ConfigFile.parse("penstock.yaml", uncommented).settings().entrySet()) {
            shown.put(said.getKey(), said.getValue().text());
        }

        Map<String, String> defaults = new TreeMap<>();
        Stream.of(ServerSettings.all(), CacheSettings.ALL, KubernetesSettings.ALL, GpuProfileSettings.ALL,
                TraceSettings.ALL, KeySettings.ALL, RedisSettings.ALL, ReplicaSettings.ALL, EngineMetricsSettings.ALL,
                ClaimSettings.ALL, PrefillSettings.ALL, LimitSettings.ALL, TokenizerSettings.ALL,
                KvEventSettings.ALL).flatMap(List::stream)
                .forEach(setting -> defaults.put(setting.name(), setting.defaultText()));
        assertThat(shown).isEqualTo(defaults);
    }
}
