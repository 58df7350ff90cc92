package dev.penstock.cache.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cache.snapshot.ModelSpec;
import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.ConfigProfiles.Hints;
import dev.penstock.core.model.ConfigProfiles.Limits;
import dev.penstock.core.model.ConfigProfiles.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Profiles that a file describes. */
class FleetFileProfilesTest {

    private static List<String> errors(String text) {
        return switch (FleetFile.parse(text, "f.yaml")) {
            case FleetFile.Parsed parsed -> throw new AssertionError("good: " + parsed);
            case FleetFile.Refused(List<FileError> errors) -> errors.stream().map(FileError::toString).toList();
        };
    }

    private static ModelSpec model(String text) {
        return switch (FleetFile.parse(text, "f.yaml")) {
            case FleetFile.Parsed(var fleet) -> fleet.models().getFirst();
            case FleetFile.Refused(List<FileError> errors) -> throw new AssertionError(errors.toString());
        };
    }

    @Test
    void shouldReadProfiles() {
        ModelSpec model = model("""
                models:
                  - name: m
                    endpoints: [h:1]
                    default-profile: chat
                    profiles:
                      chat:
                        routingStrategy: least-request
                        requestsPerSecond: 10
                        requestsInflight: 4
                        requestsInflightTotal: 64
                      long:
                        requestsPerSecondPerReplica: 0.5
                        routingConfig:
                          promptTokensGte: 8192
                          policy: [a, ~, 1.5]
                """);
        assertThat(model.profiles()).isEqualTo(new ConfigProfiles(null, false, "chat", List.of(
                new Profile("long", null, new Hints(8192L, null, null, null), new Limits(0, 0.5, 0),
                        "{\"promptTokensGte\":8192,\"policy\":[\"a\",null,1.5]}"),
                new Profile("chat", "least-request", Hints.NONE, new Limits(10, 0, 4, 64), null))));
    }

    @Test
    void shouldHaveNoneWhereNoneAreDescribed() {
        assertThat(model("models: [{name: m, endpoints: [h:1]}]").profiles()).isNull();
    }

    @Test
    void shouldTellWhatIsWrongWithItsPlace() {
        assertThat(errors("""
                models:
                  - name: m
                    endpoints: [h:1]
                    profiles:
                      a: {routing-strategy: x}
                      b: {requestsPerSecond: many}
                  - name: n
                    endpoints: [h:2]
                    profiles: {}
                  - name: o
                    endpoints: [h:3]
                    default-profile: x
                """)).containsExactly(
                "f.yaml:5:11: model m: profile a: unknown key routing-strategy (known: requestsInflight,"
                        + " requestsInflightTotal, requestsPerSecond, requestsPerSecondPerReplica, routingConfig,"
                        + " routingStrategy)",
                "f.yaml:6:30: model m: requestsPerSecond: expected a whole number",
                "f.yaml:9:15: model n: no profiles",
                "f.yaml:10:5: model o: default-profile without profiles");
    }
}
