package dev.penstock.cache.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.core.config.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GpuProfileFileTest {

    private static final long INTERVAL = 1_000_000_000;
    private static final String ONE = "[{model: m, gpu: g, indexes: [[1], [1]], tputs: [[1]], e2e: [[1]]}]";
    private static final String TWO = ONE.replace("}]", "}, {model: n, gpu: g, indexes: [[1], [1]]}]");

    @TempDir
    private Path directory;

    private long now;
    private Path path = Path.of("p");
    private final GpuProfileStore store = new GpuProfileStore();
    private GpuProfileFile file = new GpuProfileFile(new GpuProfileSettings("p", INTERVAL, false), store, () -> now);

    @BeforeEach
    void write() throws IOException {
        path = Files.writeString(directory.resolve("profiles.yaml"), ONE);
        file = new GpuProfileFile(new GpuProfileSettings(path.toString(), INTERVAL, false), store, () -> now);
    }

    private void look() {
        now += file.restNanos();
        assertThat(file.doWork()).isEqualTo(1);
    }

    private List<String> errors() {
        return file.errors().stream().map(FileError::toString).toList();
    }

    @Test
    void shouldFollowAnEditOnceItHasSettled() throws IOException {
        file.load();
        assertThat(store.all()).hasSize(1);
        assertThat(file.doWork()).isZero();
        Files.writeString(path, TWO);
        look();
        assertThat(store.all()).as("perhaps half written").hasSize(1);
        look();
        assertThat(store.all()).hasSize(2);
    }

    @Test
    void shouldKeepTheLastGoodProfilesAndSayWhatIsWrong() throws IOException {
        file.load();
        Files.writeString(path, "[{model: m}]");
        look();
        look();
        assertThat(errors()).containsExactly(path + ":1:2: profile: gpu is missing",
                path + ":1:2: indexes: expected two lists, lengths of output and lengths of prompts");
        assertThat(store.find("m", "g")).isNotNull();
        Files.delete(path);
        look();
        assertThat(errors()).containsExactly(path + ": no such file");
        assertThat(store.find("m", "g")).isNotNull();
        Files.writeString(path, TWO);
        look();
        look();
        assertThat(errors()).isEmpty();
        assertThat(store.all()).hasSize(2);
    }

    @Test
    void shouldNotStartWithoutItsFileOrWithABrokenOne() throws IOException {
        Files.writeString(path, "{model: m");
        assertThatThrownBy(file::load).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(path + ":1:10: not YAML");
        Files.delete(path);
        assertThatThrownBy(file::load).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining(path + ": no such file");
    }
}
