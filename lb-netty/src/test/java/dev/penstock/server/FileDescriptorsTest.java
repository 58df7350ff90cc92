package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.config.EdgeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileDescriptorsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"1048576, 524160", "16384, 8064", "1024, 384", "64, 32", "unlimited, 0", "1000000000000, 2147483647"})
    void shouldLeaveHalfOfWhatThereIsToClients(String limit, int connections) throws IOException {
        Path limits = Files.writeString(folder.resolve("limits"), """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             4096                 4096                 processes
                Max open files            %s                 9999999              files
                """.formatted(limit));
        assertThat(FileDescriptors.connections(limits)).isEqualTo(connections);
    }

    @Test
    void shouldSetNoBoundWhereNobodyTells() {
        assertThat(FileDescriptors.connections(folder.resolve("missing"))).isZero();
    }

    @Test
    void shouldDoAsTheSettingSays() {
        assertThat(FileDescriptors.connections(7)).isEqualTo(7);
        assertThat(FileDescriptors.connections(0)).isZero();
        assertThat(FileDescriptors.connections(EdgeSettings.AUTO)).isNotNegative();
    }
}
