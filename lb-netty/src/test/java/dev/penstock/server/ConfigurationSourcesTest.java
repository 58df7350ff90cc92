package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationSourcesTest {

    @TempDir
    private Path folder;

    @Test
    void shouldSayOnceWhichFileIsNotThere() {
        Path file = folder.resolve("pods.yaml");
        assertThatThrownBy(() -> Configuration.Sources.read(file)).isInstanceOf(InvalidSettingsException.class)
                .hasMessage(file + ": no such file");
    }

    @Test
    void shouldSayWhichFileIsNoText() throws IOException {
        Path file = Files.write(folder.resolve("pods.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> Configuration.Sources.read(file)).isInstanceOf(InvalidSettingsException.class)
                .hasMessage(file + ": not UTF-8");
        assertThat(Configuration.Sources.read(Files.writeString(file, "models: []"))).isEqualTo("models: []");
    }
}
