package dev.penstock.cache.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeySecretTest {
    private final SecureRandom random = new SecureRandom();

    @Test
    void shouldMakeSecretsOf256BitsThatTellTheirId() {
        Set<String> made = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String id = KeySecret.newId(random);
            String secret = KeySecret.make(id, random);
            assertThat(secret).matches("pk-[a-z0-9]{10}-[0-9A-Za-z]{43}");
            assertThat(KeySecret.id(secret)).isEqualTo(id);
            assertThat(KeySecret.isId(id)).isTrue();
            made.add(secret);
        }
        assertThat(made).hasSize(1_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pk", "pk-", "pk--", "pk--a", "pk-a", "sk-a-b", "PK-a-b", " pk-a-b", "a-b-c"})
    void shouldFindNoIdInOtherTexts(String text) {
        assertThat(KeySecret.id(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "a-b", "a b", "shared", "ä", "123456789012345678901234567890123"})
    void shouldTakeOtherWordsForNoId(String text) {
        assertThat(KeySecret.isId(text)).isFalse();
    }

    @Test
    void shouldMatchTheSameSecretOnly() {
        String secret = KeySecret.make("a", random);
        KeyHash hash = KeyHash.parse(KeyHash.of(secret).text());
        assertThat(hash.matches(KeyHash.of(secret))).isTrue();
        assertThat(hash.matches(KeyHash.of(secret + "x"))).isFalse();
        assertThat(hash.matches(KeyHash.of(secret.substring(1)))).isFalse();
        assertThat(hash).hasToString("KeyHash");
    }

    @Test
    void shouldHashAsOthersDo() {
        assertThat(KeyHash.of("abc").text())
                .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pk-a-secret", "sha256:", "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410"
        + "FF61F20015AD", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adff"})
    void shouldRefuseWhatIsNoHashAndNotRepeatIt(String text) {
        assertThatThrownBy(() -> KeyHash.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .satisfies(error -> assertThat(Objects.requireNonNull(error.getMessage())).doesNotContain("secret"));
    }
}
