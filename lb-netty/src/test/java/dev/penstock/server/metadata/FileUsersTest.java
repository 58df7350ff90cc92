package dev.penstock.server.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.port.Users;
import dev.penstock.core.port.Users.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileUsersTest {

    private static final User ANN = new User("ann", 60, 10_000);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    private Path folder;

    private static void exercise(Users users) {
        assertThat(users.read("ann")).isNull();
        assertThat(users.update(ANN)).isFalse();
        assertThat(users.delete("ann")).isFalse();
        assertThat(users.create(ANN)).isTrue();
        assertThat(users.create(new User("ann", 1, 1))).isFalse();
        assertThat(users.read("ann")).isEqualTo(ANN);
        assertThat(users.update(new User("ann", 5, 6))).isTrue();
        assertThat(users.read("ann")).isEqualTo(new User("ann", 5, 6));
        assertThat(users.create(new User("\"böb\"\n", 0, 0))).isTrue();
        assertThat(users.delete("ann")).isTrue();
        assertThat(users.read("ann")).isNull();
    }

    @Test
    void shouldKeepUsersInMemory() {
        exercise(new FileUsers(null));
    }

    @Test
    void shouldKeepUsersInAFile() throws IOException {
        Path file = folder.resolve("users.json");
        exercise(new FileUsers(file));

        assertThat(new FileUsers(file).read("\"böb\"\n")).isEqualTo(new User("\"böb\"\n", 0, 0));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void shouldReadAFileThatSomebodyElseHasChanged() throws IOException {
        Path file = folder.resolve("users.json");
        Users users = new FileUsers(file);
        Files.writeString(file, "{\"users\": [{\"name\": \"ann\", \"rpm\": 60, \"tpm\": 10000, \"note\": [1]}]}");
        assertThat(users.read("ann")).isEqualTo(ANN);

        Files.writeString(folder.resolve("next"), "{\"users\": []}");
        Files.move(folder.resolve("next"), file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(users.read("ann")).isNull();

        Files.delete(file);
        assertThat(users.create(ANN)).isTrue();
        assertThat(file).content().contains("\"ann\"");
    }

    @Test
    void shouldNotWriteOverAMistake() throws IOException {
        Path file = folder.resolve("users.json");
        Users users = new FileUsers(file);
        assertThat(users.create(ANN)).isTrue();
        Files.writeString(file, "{\"users\": [\n{\"name\": \"ann\", \"rpm\": 60,, \"tpm\": 10000}]}");

        assertThatThrownBy(() -> users.create(new User("bob", 1, 1))).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file + ":2: ");
        assertThatThrownBy(() -> users.read("ann")).isInstanceOf(UncheckedIOException.class);
        assertThat(file).content().contains(",,");

        Files.writeString(file, "{\"users\": [{\"name\": \"carl\"}]}");
        assertThat(users.read("carl")).isEqualTo(new User("carl", 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"user\": []}", "{\"users\": {}}", "{\"users\": [1]}",
        "{\"users\": [{}]}", "{\"users\": [{\"name\": \"\"}]}", "{\"users\": [{\"name\": 1}]}",
        "{\"users\": [{\"name\": \"a\", \"rpm\": -1}]}", "{\"users\": [{\"name\": \"a\", \"rpm\": \"1\"}]}",
        "{\"users\": [{\"name\": \"a\", \"tpm\": 1.5}]}", "{\"users\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}",
        "{\"users\": [], \"more\": 1}", "{\"users\": []} x", "{\"users\": [{\"name\": \"a\"}",
        "{\"users\": [{\"name\": \"a\", \"rpm\": 99999999999999999999}]}"})
    void shouldRefuseAFileThatIsBroken(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("users.json"), text);

        assertThatThrownBy(() -> new FileUsers(file)).isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file + ":1: ");
    }

    @Test
    void shouldNameAFolderThatIsMissing() {
        Path file = folder.resolve("none/users.json");

        assertThatThrownBy(() -> new FileUsers(file)).hasMessageContaining("no such directory: ")
                .hasMessageContaining("none");
    }
}
