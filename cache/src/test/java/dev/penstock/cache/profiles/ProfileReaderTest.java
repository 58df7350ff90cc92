package dev.penstock.cache.profiles;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.ConfigProfiles.Hints;
import dev.penstock.core.model.ConfigProfiles.Limits;
import dev.penstock.core.model.ConfigProfiles.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the annotation of a pod says. */
class ProfileReaderTest {

    private static ConfigProfiles read(String json) {
        return switch (ProfileReader.read(json)) {
            case ProfileReader.Read(ConfigProfiles profiles) -> profiles;
            case ProfileReader.Refused(String reason) -> throw new AssertionError(reason);
        };
    }

    private static String reason(String json) {
        return switch (ProfileReader.read(json)) {
            case ProfileReader.Read(ConfigProfiles profiles) -> throw new AssertionError("read: " + profiles);
            case ProfileReader.Refused(String reason) -> reason;
        };
    }

    private static Profile only(String profile) {
        return read("{\"profiles\":{\"default\":" + profile + "}}").profiles().getFirst();
    }

    @Test
    void shouldReadAllOfADocument() {
        ConfigProfiles read = read("""
                {"lockedRoutingStrategy": "pd", "defaultProfile": "chat", "disableRequestRoutingOverrides": true,
                 "someday": [1, {"a": null}],
                 "profiles": {
                   "chat": {"routingStrategy": "least-request", "requestsPerSecond": 10, "requestsInflight": 4,
                            "requestsPerSecondPerReplica": 0.5, "new": "unknown",
                            "routingConfig": {"promptTokensGte": 8192, "maxTokensLt": 512, "combined": true}},
                   "plain": {}}}
                """);
        assertThat(read).isEqualTo(new ConfigProfiles("pd", true, "chat", List.of(
                new Profile("chat", "least-request", new Hints(8192L, null, null, 512L), new Limits(10, 0.5, 4),
                        "{\"promptTokensGte\":8192,\"maxTokensLt\":512,\"combined\":true}"),
                new Profile("plain", null, Hints.NONE, Limits.NONE, null))));
    }

    @Test
    void shouldKeepTheConfigurationOfTheStrategyAsJson() {
        String config = "{\"emoji\":\"\ud83d\ude00\",\"n\":12345678901234567890,\"l\":[1,-2.50,null,true,{},[]],"
                + "\"s\":\"a \\\"b\\\" \\\\ \\n \\u0001\"}";
        assertThat(only("{\"routingConfig\": " + config + "}").rawRoutingConfig()).isEqualTo(config);
        assertThat(only("{\"routingConfig\": \"text\"}").rawRoutingConfig()).isEqualTo("\"text\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"invalid\"", "[1]", "{\"promptTokensGte\": \"many\"}", "{\"maxTokensLt\": 1.5}",
        "{\"promptTokensLt\": 99999999999999999999}", "{\"promptTokensLt\": 1e999999999}", "{}", "null"})
    void shouldNeverChooseByHintsThatAreNone(String config) {
        assertThat(only("{\"routingConfig\": " + config + "}").hints()).isEqualTo(Hints.NONE);
    }

    @ParameterizedTest
    @CsvSource({"-5, 0", "0, 0", "7, 7", "7.0, 7", "1e3, 1000", "9223372036854775807, 2147483647", "null, 0"})
    void shouldBoundLimits(String number, int expected) {
        assertThat(only("{\"requestsPerSecond\": " + number + "}").limits().perSecond()).isEqualTo(expected);
        assertThat(only("{\"requestsInflight\": " + number + "}").limits().inFlight()).isEqualTo(expected);
    }

    @Test
    void shouldTakeEmptyTextsForNone() {
        ConfigProfiles read = read(
                "{\"lockedRoutingStrategy\":\"\",\"defaultProfile\":\" \","
                        + "\"profiles\":{\"a\":{\"routingStrategy\":\"\"}}}");
        assertThat(read.lockedRoutingStrategy()).isNull();
        assertThat(read.defaultProfile()).isNull();
        assertThat(read.profiles().getFirst().routingStrategy()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "{; not JSON: ",
        "'' ; empty",
        "[]; the document: expected an object",
        "{}; no profiles",
        "{\"profiles\": {}}; no profiles",
        "{\"profiles\": null}; no profiles",
        "{\"profiles\": [1]}; profiles: expected an object",
        "{\"profiles\": {\"a\": 1}}; profile a: expected an object",
        "{\"profiles\": {\"a\": {}, \"a\": {}}}; profiles: a is there twice",
        "{\"profiles\": {\"a\": {\"requestsPerSecond\": \"10\"}}}; requestsPerSecond: expected a whole number",
        "{\"profiles\": {\"a\": {\"requestsPerSecond\": 1.5}}}; requestsPerSecond: expected a whole number",
        "{\"profiles\": {\"a\": {\"requestsInflight\": 1e99}}}; requestsInflight: expected a whole number",
        "{\"profiles\": {\"a\": {\"requestsPerSecondPerReplica\": true}}};"
            + " requestsPerSecondPerReplica: expected a number",
        "{\"profiles\": {\"a\": {\"routingStrategy\": 5}}}; routingStrategy: expected a text",
        "{\"lockedRoutingStrategy\": [], \"profiles\": {\"a\": {}}}; lockedRoutingStrategy: expected a text",
        "{\"disableRequestRoutingOverrides\": 1, \"profiles\": {\"a\": {}}};"
            + " disableRequestRoutingOverrides: expected true or false"})
    void shouldSayWhyADocumentIsNotGood(String json, String expected) {
        assertThat(reason(json)).startsWith(expected.strip());
    }

    @Test
    void shouldNotLetAFewWordsSayMoreThanMemoryHolds() {
        StringBuilder text = new StringBuilder("{a0: &a0 [1]");
        for (int i = 1; i < 24; i++) {
            text.append(", a").append(i).append(": &a").append(i).append(" [*a").append(i - 1).append(", *a")
                    .append(i - 1).append("]");
        }
        assertThat(reason(text + ", profiles: {p: {routingConfig: *a23}}}")).isEqualTo("routingConfig: too long");
    }

    @Test
    void shouldNotFollowADocumentIntoTheDeep() {
        assertThat(reason("{\"profiles\":" + "[".repeat(100_000))).isEqualTo("nested too deeply");
    }
}
