package dev.penstock.cache.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.ApiKeyStore.Kept;
import dev.penstock.core.port.ApiKeyStore.Made;
import dev.penstock.core.port.ApiKeyStore.Terms;
import dev.penstock.core.port.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys from files, as they are made, read, changed and revoked. */
@SuppressWarnings("NullAway.Init") // JUnit sets it.
class KeyRingTest {
    private static final Terms ANY = new Terms(null, Set.of(), 0, 0, null);

    @TempDir
    Path folder;

    private FileKeyStore store() {
        return new FileKeyStore(folder.resolve("keys"), new SecureRandom(), InstantSource.system());
    }

    private static KeySettings settings(String... said) {
        Map<String, Source> file = new HashMap<>();
        for (int i = 0; i < said.length; i += 2) {
            file.put(said[i], new Source(said[i + 1], "test"));
        }
        return KeySettings.from(Settings.conclude(KeySettings.ALL, file, Map.of(), Map.of()));
    }

    private KeyRing open(String... said) {
        return KeyRing.open(settings(said), folder, null, () -> 0, Metrics.NONE);
    }

    private static void settle(KeyRing ring) {
        // A change counts when two looks in a row find it.
        ring.look();
        ring.look();
    }

    @Test
    void shouldAskForNothingWhereNothingIsConfigured() {
        KeyRing ring = open();
        assertThat(ring.required()).isFalse();
        assertThat(ring.find("x")).isNull();
        assertThat(ring.awaited()).isNull();
    }

    @Test
    void shouldTakeTheSharedKeyAndNoOther() {
        KeyRing ring = open("keys.shared", " s3cret ");
        assertThat(ring.required()).isTrue();
        assertThat(ring.find("s3cret")).isEqualTo(new ApiKey("shared", null, Set.of(), 0, 0));
        assertThat(ring.find("s3cre")).isNull();
        assertThat(ring.find("s3crett")).isNull();
        assertThat(ring.find("")).isNull();
        assertThat(ring.find("s".repeat(9_000))).isNull();
        assertThat(settings("keys.shared", "s3cret").toString()).doesNotContain("s3cret");
    }

    @Test
    void shouldTakeBothKindsOfKeysAtOnce() {
        Made made = store().make(new Terms("ann", Set.of("m"), 60, 600, null));
        KeyRing ring = open("keys.file", "keys", "keys.shared", "s3cret");
        assertThat(ring.find(made.secret())).isEqualTo(new ApiKey(made.id(), "ann", Set.of("m"), 60, 600));
        assertThat(ring.find("s3cret")).isNotNull();
        assertThat(made.toString()).doesNotContain(made.secret());
    }

    @Test
    void shouldFindNoKeyByItsIdAlone() {
        Made made = store().make(ANY);
        KeyRing ring = open("keys.file", "keys");
        assertThat(ring.find("pk-" + made.id() + "-x")).isNull();
        assertThat(ring.find(made.id())).isNull();
        assertThat(ring.find(made.secret().replace(made.id(), "other"))).isNull();
        assertThat(ring.find(made.secret() + " ")).isNull();
    }

    @Test
    void shouldLetNobodyInWhileTheFileIsEmpty() throws IOException {
        Files.writeString(folder.resolve("keys"), "# nobody yet\n");
        KeyRing ring = open("keys.file", "keys");
        assertThat(ring.required()).isTrue();
        Made made = store().make(ANY);
        assertThat(ring.find(made.secret())).isNull();
        settle(ring);
        assertThat(ring.find(made.secret())).isNotNull();
    }

    @Test
    void shouldForgetARevokedKeyAndKeepTheOthers() {
        Made one = store().make(ANY);
        Made two = store().make(ANY);
        KeyRing ring = open("keys.file", "keys");
        assertThat(store().revoke(one.id())).isTrue();
        assertThat(store().revoke(one.id())).isFalse();
        settle(ring);
        assertThat(ring.find(one.secret())).isNull();
        assertThat(ring.find(two.secret())).isNotNull();
    }

    @Test
    void shouldKeepWhatWasLastGoodAndSayWhatIsWrong() throws IOException {
        Made made = store().make(ANY);
        KeyRing ring = open("keys.file", "keys");
        Path file = folder.resolve("keys");
        String good = Files.readString(file);
        Files.writeString(file, good + "nonsense\n");
        settle(ring);
        assertThat(ring.find(made.secret())).isNotNull();
        assertThat(ring.errors()).singleElement().asString().contains("keys.file: ", ":2:1: not JSON");

        Files.delete(file);
        settle(ring);
        assertThat(ring.find(made.secret())).isNotNull();
        assertThat(ring.errors()).singleElement().asString().endsWith("no such file");

        Files.writeString(file, good);
        settle(ring);
        assertThat(ring.errors()).isEmpty();
        assertThat(ring.find(made.secret())).isNotNull();
    }

    @Test
    void shouldChangeTheSharedKeyWithItsFile() throws IOException {
        Path file = folder.resolve("shared");
        Files.writeString(file, "one\n");
        KeyRing ring = open("keys.shared-file", "shared");
        assertThat(ring.find("one")).isNotNull();
        Files.writeString(file, "two");
        settle(ring);
        assertThat(ring.find("one")).isNull();
        assertThat(ring.find("two")).isNotNull();
        Files.writeString(file, " \n");
        settle(ring);
        assertThat(ring.find("two")).isNotNull();
        assertThat(ring.find("")).isNull();
        assertThat(ring.errors()).singleElement().asString().contains("keys.shared-file", "expected: one key");
        Files.writeString(file, "th ree");
        settle(ring);
        assertThat(ring.errors()).singleElement().asString().contains("visible ASCII").doesNotContain("ree");
    }

    @Test
    void shouldEndAKeyAtItsTime() {
        Made made = store().make(new Terms("ann", Set.of(), 0, 0, Instant.ofEpochSecond(100)));
        KeyEntry entry = KeyJson.read(read().strip());
        KeyTable table = new KeyTable(null, Map.of(made.id(), entry));
        assertThat(table.find(made.secret(), Instant.ofEpochSecond(100).minusMillis(1))).isNotNull();
        assertThat(table.find(made.secret(), Instant.ofEpochSecond(100))).isNull();
    }

    private String read() {
        try {
            return Files.readString(folder.resolve("keys"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldSayAllThatIsWrongAtTheStart() throws IOException {
        Files.writeString(folder.resolve("shared"), "");
        assertThatThrownBy(() -> open("keys.shared-file", "shared", "keys.shared", "x", "keys.redis", "true",
                "keys.file", "missing")).isInstanceOfSatisfying(InvalidSettingsException.class, error ->
                assertThat(error.errors()).hasSize(4).anyMatch(line -> line.startsWith("keys.shared: beside"))
                        .anyMatch(line -> line.startsWith("keys.redis: without redis.url"))
                        .anyMatch(line -> line.startsWith("keys.shared-file: ") && line.endsWith("expected: one key"))
                        .anyMatch(line -> line.startsWith("keys.file: ") && line.endsWith("no such file")));
        assertThat(KeyRing.problems(settings("keys.file", "missing"), folder, false)).hasSize(1);
        assertThat(KeyRing.problems(settings("keys.redis", "true"), folder, true)).isEmpty();
    }

    @Test
    void shouldNotRepeatASharedKeyThatCannotBe() {
        assertThatThrownBy(() -> settings("keys.shared", "my secret")).hasMessageContaining("keys.shared")
                .hasMessageContaining("visible ASCII").hasMessageNotContaining("secret");
    }

    @Test
    void shouldRefuseALookTooOften() {
        assertThatThrownBy(() -> settings("keys.refresh", "10ms")).hasMessageContaining("expected: 1s or more");
    }

    // ---- who makes them

    @Test
    void shouldKeepNoSecretAndShowKeysInOrder() throws IOException {
        Made one = store().make(new Terms("ann", Set.of("m"), 1, 2, Instant.parse("2030-01-01T00:00:00Z")));
        Made two = store().make(ANY);
        assertThat(read()).contains(one.id(), two.id()).doesNotContain(one.secret().substring(14),
                two.secret().substring(14));
        assertThat(store().list()).hasSize(2).isSortedAccordingTo((a, b) -> a.key().id().compareTo(b.key().id()))
                .anySatisfy(kept -> {
                    assertThat(kept.key()).isEqualTo(new ApiKey(one.id(), "ann", Set.of("m"), 1, 2));
                    assertThat(kept.expires()).isEqualTo(Instant.parse("2030-01-01T00:00:00Z"));
                    assertThat(kept.created()).isNotNull();
                });
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("keys"))))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void shouldKeepTheModeThatSomebodyGaveAndFollowLinks() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("keys");
        Files.createSymbolicLink(folder.resolve("keys"), Files.writeString(real, "# mine\n"));
        Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rw-r-----"));
        store().make(ANY);
        assertThat(folder.resolve("keys")).isSymbolicLink();
        assertThat(Files.readString(real)).startsWith("# mine\n{");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(real))).isEqualTo("rw-r-----");
    }

    @Test
    void shouldTouchNoFileThatIsBroken() throws IOException {
        Files.writeString(folder.resolve("keys"), "nonsense\n");
        assertThatThrownBy(() -> store().make(ANY)).hasMessageContaining("keys:1:1: not JSON");
        assertThatThrownBy(() -> store().revoke("a")).hasMessageContaining("keys:1:1: not JSON");
        assertThatThrownBy(() -> store().list()).hasMessageContaining("keys:1:1: not JSON");
        assertThat(read()).isEqualTo("nonsense\n");
    }

    @Test
    void shouldSayWhereThereIsNothing() {
        assertThatThrownBy(() -> store().list()).hasMessageEndingWith("keys: no such file");
        assertThatThrownBy(() -> store().revoke("a")).hasMessageEndingWith("keys: no such file");
        FileKeyStore nowhere = new FileKeyStore(folder.resolve("no/keys"), new SecureRandom(), InstantSource.system());
        assertThatThrownBy(() -> nowhere.make(ANY)).hasMessageEndingWith("no/keys: no such directory");
        FileKeyStore dir = new FileKeyStore(folder, new SecureRandom(), InstantSource.system());
        assertThatThrownBy(dir::list).hasMessageContaining(folder + ": ");
    }

    @Test
    void shouldRefuseTermsThatNoKeyCanHave() {
        assertThatThrownBy(() -> store().make(new Terms("a\nb", Set.of(), 0, 0, null)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("user: expected");
        assertThatThrownBy(() -> store().make(new Terms(null, Set.of(" "), 0, 0, null)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("models: expected");
        assertThatThrownBy(() -> store().make(new Terms(null, Set.of(), -1, 0, null)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(folder.resolve("keys")).doesNotExist();
    }

    @Test
    void shouldShowWhatIsKeptAsOthersMaySeeIt() {
        store().make(ANY);
        assertThat(store().list()).extracting(Kept::expires).containsOnlyNulls();
    }
}
