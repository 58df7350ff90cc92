package dev.penstock.cache.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.model.Pod;
import dev.penstock.core.model.PodIdentity;
import dev.penstock.core.port.GpuProfiles;
import dev.penstock.spi.PodView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FiguresFolderTest {

    private static final Path MEMORY = Path.of("/dev/shm");

    @SuppressWarnings("NullAway.Init") // set before each test
    private FiguresFolder folder;

    private long now = 1_000;

    @BeforeEach
    void make() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(MEMORY) && Files.getFileStore(MEMORY).type().equals("tmpfs"),
                "no memory file system");
        folder = new FiguresFolder(Files.createTempDirectory(MEMORY, "penstock-test"));
    }

    @AfterEach
    void remove() throws IOException {
        for (Path file : files()) {
            Files.delete(file);
        }
        Files.delete(folder.path());
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(folder.path())) {
            return files.toList();
        }
    }

    private FigureColumns columns(Path file) throws IOException {
        return FigureColumns.mapped(file, 64, () -> now, 1_000, GpuProfiles.NONE);
    }

    private static PodView endpoint(int slot, int generation, boolean ready) {
        return Pod.of(new PodIdentity("ns", "pod-" + slot, "u-" + generation), "fd00::1", 8000, slot, generation, "",
                "vllm", ready, Map.of(), Map.of());
    }

    @Test
    void shouldShowWhoIsInASlotAndSinceWhen() throws IOException {
        Path file = folder.free();
        try (FigureColumns figures = columns(file); FiguresFile seen = FiguresFile.open(file)) {
            figures.prepare(3, 1);
            figures.describe(endpoint(3, 1, false), Set.of("qwen", "llama"), Set.of("adapter", "llama", "qwen"));
            assertThat(seen.name(3, 1)).isEqualTo(new EndpointName("ns", "pod-3", "[fd00::1]:8000", "u-1",
                    List.of("llama", "qwen", "adapter"), 3));
            assertThat(seen.name(3, 2)).as("nobody yet").isNull();
            assertThat(seen.ready(3)).isFalse();

            now = 5_000;
            figures.describe(endpoint(3, 1, true), Set.of(), Set.of("llama"));
            assertThat(seen.ready(3)).isTrue();
            assertThat(seen.joinedNanos(3)).isEqualTo(1_000);
            assertThat(seen.changedNanos(3)).isEqualTo(5_000);
            assertThat(figures.times().joinedNanos(endpoint(3, 1, true))).isEqualTo(1_000);
            assertThat(figures.times().changedNanos(endpoint(3, 1, true))).isEqualTo(5_000);

            now = 6_000;
            figures.describe(endpoint(3, 1, true), Set.of(), Set.of());
            assertThat(seen.changedNanos(3)).as("still ready").isEqualTo(5_000);
            assertThat(seen.name(3, 1)).hasFieldOrPropertyWithValue("models", List.of());

            figures.addInFlight(endpoint(3, 1, true), 1);
            figures.leave(3, 1);
            assertThat(seen.leaving(3)).isTrue();
            assertThat(seen.ready(3)).isFalse();
            figures.addInFlight(endpoint(3, 1, true), -1);
            assertThat(figures.retire(3, 1)).isTrue();
            assertThat(seen.generation(3)).as("free").isEqualTo(2);
            assertThat(seen.name(3, seen.generation(3))).isNull();

            figures.prepare(3, 2);
            figures.describe(endpoint(3, 2, true), Set.of(), Set.of("m"));
            assertThat(seen.name(3, 1)).as("the one before").isNull();
            assertThat(seen.name(3, 2)).hasFieldOrPropertyWithValue("uid", "u-2");
            assertThat(seen.begun(3)).isZero();
            assertThat(seen.joinedNanos(3)).isEqualTo(6_000);
        }
    }

    @Test
    void shouldKeepNamesWithinTheirRecord() throws IOException {
        Path file = folder.free();
        try (FigureColumns figures = columns(file); FiguresFile seen = FiguresFile.open(file)) {
            figures.prepare(1, 1);
            figures.prepare(2, 1);
            String longest = "p".repeat(300);
            PodView longName = Pod.of(new PodIdentity(longest, longest, longest), longest, 1, 1, 1, "", "", true,
                    Map.of(), Map.of());
            figures.describe(endpoint(2, 1, true), Set.of(), Set.of("next"));
            figures.describe(longName, Set.of("m"), Set.of("m", "n", "o"));

            EndpointName name = seen.name(1, 1);
            assertThat(name).isNotNull();
            assertThat(name.pod()).hasSize(250).matches("p+");
            assertThat(name.models()).as("no room").isEmpty();
            assertThat(name.modelCount()).isEqualTo(3);
            assertThat(seen.name(2, 1)).hasFieldOrPropertyWithValue("models", List.of("next"));
            figures.describe(endpoint(1, 1, true), Set.of("m"), Set.of("m", "n".repeat(2_000)));
            assertThat(seen.name(1, 1)).hasFieldOrPropertyWithValue("models", List.of("m"))
                    .hasFieldOrPropertyWithValue("modelCount", 2);
        }
    }

    @Test
    void shouldFindWhoRunsAndRemoveWhatIsLeftOfOthers() throws IOException {
        Path older = folder.free();
        try (FigureColumns first = columns(older)) {
            now = 2_000;
            Path newer = folder.free();
            assertThat(newer).isNotEqualTo(older);
            try (FigureColumns second = columns(newer)) {
                // What a process that was killed leaves behind is not locked by anybody.
                Path left = Files.copy(older, folder.path().resolve("penstock-1-5f5e100.figures"));
                Path half = Files.createFile(folder.path().resolve("penstock-2-5f5e100.figures"));
                Path foreign = Files.write(folder.path().resolve("other.figures"), new byte[8_192]);

                List<FiguresFile> running = folder.running();
                assertThat(running).extracting(FiguresFile::file).containsExactly(newer, older);
                for (FiguresFile each : running) {
                    each.close();
                }

                folder.sweep();
                assertThat(left).doesNotExist();
                assertThat(half).as("being made").exists();
                assertThat(foreign).exists();
                assertThat(newer).exists();
                assertThat(older).exists();
                assertThat(first.current(endpoint(0, 0, true))).isTrue();
                assertThat(second.current(endpoint(0, 0, true))).isTrue();
            }
        }
        assertThat(folder.running()).isEmpty();
        assertThat(new FiguresFolder(folder.path().resolve("none")).running()).isEmpty();
        assertThat(new FiguresFolder(folder.path().resolve("none")).usable()).isFalse();
    }

    @Test
    void shouldTellAProcessThatHasEnded() throws IOException {
        Path file = folder.free();
        FigureColumns figures = columns(file);
        try (FiguresFile seen = FiguresFile.open(file)) {
            assertThat(seen.alive()).isTrue();
            figures.close();
            assertThat(seen.alive()).isFalse();
        }
        assertThatThrownBy(() -> FiguresFile.open(file)).isInstanceOf(NoSuchFileException.class)
                .hasMessage(file + " does not exist");
    }

    @Test
    void shouldRefuseAnotherVersion() throws IOException {
        Path file = folder.free();
        try (FigureColumns figures = columns(file)) {
            assertThat(figures.times()).isNotNull();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {99, 0, 0, 0}), FileHeader.VERSION_AT);
            }
            assertThatThrownBy(() -> FiguresFile.open(file)).isInstanceOf(IOException.class)
                    .hasMessage(file + " is of another version of Penstock: layout 99, not " + ColumnLayout.VERSION);
        }
    }

    @Test
    void shouldGrowWithTheFleet() throws IOException {
        Path file = folder.free();
        try (FigureColumns figures = FigureColumns.mapped(file, 65_536, () -> now, 1_000, GpuProfiles.NONE);
                FiguresFile seen = FiguresFile.open(file)) {
            assertThat(seen.slots()).isEqualTo(1_024);
            assertThat(Files.size(file)).isLessThan(4 << 20);

            figures.prepare(1_024, 1);
            figures.describe(endpoint(1_024, 1, true), Set.of(), Set.of("m"));

            assertThat(seen.slots()).isEqualTo(2_048);
            assertThat(seen.name(1_024, 1)).hasFieldOrPropertyWithValue("pod", "pod-1024");
        }
    }
}
