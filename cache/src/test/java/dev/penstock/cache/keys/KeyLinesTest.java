package dev.penstock.cache.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.discovery.FileError;
import dev.penstock.core.port.ApiKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a file of keys says. */
class KeyLinesTest {
    private static final KeyHash HASH = KeyHash.of("pk-a-secret");

    private final List<FileError> errors = new ArrayList<>();

    private static String line(String id, String more) {
        return "{\"id\":\"" + id + "\",\"hash\":\"" + HASH.text() + "\"" + more + "}";
    }

    private Map<String, KeyEntry> read(String text) {
        return KeyLines.read(text, "keys", errors::add);
    }

    @Test
    void shouldReadAllThatAKeyCanHave() {
        Map<String, KeyEntry> entries = read("# team a\n\n" + line("a", ", \"user\": \"ann b\","
                + "\"models\":[\"m\",\"n\"],\"rpm\":60,\"tpm\":10000,\"created\":\"2026-01-01T00:00:00Z\","
                + "\"expires\":\"2027-01-01T00:00:00Z\"")
                + "\r\n  # b\n" + line("b", ""));

        assertThat(errors).isEmpty();
        assertThat(entries).hasSize(2);
        assertThat(entries.get("a")).isNotNull().satisfies(entry -> {
            assertThat(entry.key()).isEqualTo(new ApiKey("a", "ann b", Set.of("m", "n"), 60, 10_000));
            assertThat(entry.created()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
            assertThat(entry.expires()).isEqualTo(Instant.parse("2027-01-01T00:00:00Z"));
            assertThat(entry.hash().matches(HASH)).isTrue();
        });
        assertThat(entries.get("b")).isNotNull().satisfies(entry -> {
            assertThat(entry.key()).isEqualTo(new ApiKey("b", null, Set.of(), 0, 0));
            assertThat(entry.expires()).isNull();
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{|not JSON, at column 2",
        "pk-a-secret|not JSON, at column 1",
        "[]|expected: {\"id\": ..., \"hash\": ...}",
        "{}|id: is missing",
        "{\"id\":\"a\"}|hash: is missing",
        "{\"id\":\"a\",\"hash\":\"secret\"}|hash: expected: sha256: and 64 hexadecimal digits in lower case",
        "{\"id\":1}|id: expected: a string",
        "{\"id\":\"A\"}|id: expected: 1 to 32 lower case letters and digits, not \"shared\"",
        "{\"id\":\"shared\"}|id: expected: 1 to 32 lower case letters and digits, not \"shared\"",
        "{\"id\":\"a\",\"id\":\"b\"}|id: is there twice",
        "{\"secret\":\"a\"}|a field that is not known (expected: id, hash, user, models, rpm, tpm, created, expires)",
        "{\"user\":\"\"}|user: expected: 1 to 256 visible ASCII characters",
        "{\"user\":\"a\\r\\nb\"}|user: expected: 1 to 256 visible ASCII characters",
        "{\"user\":null}|user: expected: a string",
        "{\"models\":[]}|models: expected: 1 to 1000 names, or no \"models\" for all",
        "{\"models\":\"m\"}|models: expected: a list of names",
        "{\"models\":[1]}|models: expected: a string",
        "{\"rpm\":0}|rpm: expected: a whole number above 0",
        "{\"rpm\":\"1\"}|rpm: expected: a whole number above 0",
        "{\"tpm\":1.5}|tpm: expected: a whole number above 0",
        "{\"tpm\":99999999999999999999}|tpm: expected: a whole number above 0",
        "{\"expires\":\"tomorrow\"}|expires: expected: a time such as 2030-01-31T00:00:00Z"})
    void shouldSayWhatIsWrongWithALine(String line, String reason) {
        read("# first\n" + line);
        assertThat(errors).singleElement().satisfies(error -> {
            assertThat(error.toString()).startsWith("keys:2:1: " + reason).doesNotContain("secret ", "pk-a");
        });
    }

    @Test
    void shouldRefuseTheSameIdTwiceAndWhatComesBehindAKey() {
        read(line("a", "") + "\n" + line("a", "") + "\n" + line("b", "") + " {}");
        assertThat(errors).extracting(FileError::reason).containsExactly("id: a is there twice",
                "expected: one object and nothing behind it");
    }

    @Test
    void shouldTellFiftyErrorsAndStop() {
        read("x\n".repeat(1_000));
        assertThat(errors).hasSize(50);
    }

    @Test
    void shouldLeaveOtherLinesAsTheyAre() {
        String mine = "# mine\n\n  " + line("a", ", \"rpm\" : 1") + "\n" + line("b", "");
        String more = KeyLines.with(mine, new KeyEntry(new ApiKey("c", "u", Set.of(), 0, 5), HASH, null, null));
        assertThat(more).startsWith(mine + "\n{\"id\":\"c\",").endsWith("}\n");
        assertThat(KeyLines.without(more, "c")).isEqualTo(mine + "\n");
        assertThat(KeyLines.without(more, "a")).startsWith("# mine\n\n" + line("b", "") + "\n");
        assertThat(KeyLines.without(KeyLines.without(KeyLines.without(more, "c"), "a"), "b")).isEqualTo("# mine\n\n");
    }

    static Stream<Long> randomSeeds() {
        long seed = Long.getLong("penstock.test.seed", 1);
        return Stream.of(seed, seed + 1, seed + 2);
    }

    @ParameterizedTest
    @MethodSource("randomSeeds")
    void shouldReadWhatItHasWritten(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            KeyEntry entry = new KeyEntry(new ApiKey(KeySecret.newId(random),
                    random.nextBoolean() ? null : "u" + random.nextInt(), random.nextBoolean() ? Set.of()
                            : Set.of("m\"\\\n\u2028é/" + random.nextInt(), "n"),
                    random.nextInt(3), random.nextBoolean() ? 0 : Long.MAX_VALUE), HASH,
                    random.nextBoolean() ? null : Instant.ofEpochSecond(random.nextInt()),
                    random.nextBoolean() ? null : Instant.ofEpochMilli(random.nextInt()));
            KeyEntry read = KeyJson.read(KeyJson.write(entry));
            assertThat(read.kept()).isEqualTo(entry.kept());
            assertThat(read.hash().matches(HASH)).isTrue();
            assertThat(KeyJson.write(entry)).doesNotContain("\n");
        }
    }
}
