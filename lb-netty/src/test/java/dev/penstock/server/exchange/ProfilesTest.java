package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.model.ConfigProfiles;
import dev.penstock.core.model.ConfigProfiles.Hints;
import dev.penstock.core.model.ConfigProfiles.Limits;
import dev.penstock.core.model.ConfigProfiles.Profile;
import dev.penstock.core.model.Model;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the profiles of a model do to its requests. */
@Timeout(30)
class ProfilesTest {
    private static final String TOLD = "x-aibrix-config-profile";

    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);
    private final RawConnection client = proxy.connect();

    @AfterEach
    void close() {
        proxy.routers.release.countDown();
        client.close();
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private static Profile profile(String name, @Nullable String strategy, Limits limits) {
        return new Profile(name, strategy, Hints.NONE, limits, null);
    }

    private static Profile sized(String name, String strategy, @Nullable Long promptGte, @Nullable Long maxGte) {
        return new Profile(name, strategy, new Hints(promptGte, null, maxGte, null), Limits.NONE, null);
    }

    private static ConfigProfiles document(@Nullable String locked, Profile... profiles) {
        return new ConfigProfiles(locked, false, null, List.of(profiles));
    }

    private void configure(ConfigProfiles document) {
        proxy.fleet.publish(pods -> List.of(TestFleet.model("m", pods, document)));
    }

    private void limit(Limits limits) {
        configure(document(null, profile("default", null, limits)));
    }

    private RawConnection.Message answered(RawConnection of) {
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{}", "connection: close"));
        RawConnection.Message answer = of.readMessage();
        pod.close();
        return answer;
    }

    private String strategyOf(String... headers) {
        client.send(Http.chat(headers));
        RawConnection.Message answer = answered(client);
        assertThat(answer.status()).isEqualTo(200);
        return String.valueOf(answer.header("routing-strategy"));
    }

    // ---- strategies

    @Test
    void shouldTakeTheStrategyOfTheDefaultProfileBeforeTheSetting() {
        configure(document(null, profile("default", "least", Limits.NONE)));
        assertThat(strategyOf()).isEqualTo("least");
    }

    @Test
    void shouldTakeTheNamedProfileAndTheHeaderBeforeIt() {
        configure(document(null, profile("default", "least", Limits.NONE), profile("chat", "marking", Limits.NONE)));
        assertThat(strategyOf("Config-Profile:  chat ")).isEqualTo("marking");
        assertThat(strategyOf("config-profile: missing")).isEqualTo("least");
        assertThat(strategyOf("config-profile: chat", "Routing-Strategy: first")).isEqualTo("first");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x-none: 1               | null | {"n": 1}
            config-profile: big     | big  | {"n": 2}
            config-profile:  other  | other | {"n": 1}
            config-profile: auto    | big  | {"n": 2}""")
    void shouldTellRoutersTheProfileAndWhatItSaysToThem(String header, String profile, String config) {
        configure(document("profiled", new Profile("default", null, Hints.NONE, Limits.NONE, "{\"n\": 1}"),
                new Profile("big", null, new Hints(0L, null, null, null), Limits.NONE, "{\"n\": 2}")));
        client.send(Http.chat(header));
        RawConnection.Message answer = answered(client);
        assertThat(answer.header("x-profile")).isEqualTo(profile);
        assertThat(answer.header("x-routing-config")).isEqualTo(config);
    }

    @Test
    void shouldTellRoutersNothingWhereThereAreNoProfiles() {
        client.send(Http.chat("routing-strategy: profiled", "config-profile: big"));
        RawConnection.Message answer = answered(client);
        assertThat(answer.header("x-profile")).isEqualTo("null");
        assertThat(answer.header("x-routing-config")).isEqualTo("null");
    }

    @Test
    void shouldTakeTheLockBeforeAll() {
        configure(document("least", profile("default", "marking", Limits.NONE)));
        assertThat(strategyOf("routing-strategy: marking")).isEqualTo("least");
    }

    @Test
    void shouldTakeTheLockWhereNoProfileHolds() {
        configure(document("least", profile("burst", "marking", Limits.NONE)));
        assertThat(strategyOf()).isEqualTo("least");
    }

    @Test
    void shouldRefuseALockThatDoesNotExist() {
        configure(document("nothing", profile("default", "least", Limits.NONE)));
        RawConnection.Message answer = client.send(Http.chat("routing-strategy: least")).readMessage();
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-error-routing")).isEqualTo("true");
        assertThat(answer.body()).contains("incorrect routing strategy nothing");
    }

    @Test
    void shouldGoByTheSettingWhereNoProfileHolds() {
        configure(document(null, profile("burst", "marking", Limits.NONE)));
        assertThat(strategyOf()).isEqualTo("first");
    }

    @Test
    void shouldNotHearClientsWhereTheyAreNotToChoose() {
        configure(new ConfigProfiles(null, true, null, List.of(profile("default", "least", Limits.NONE),
                profile("chat", "marking", Limits.NONE))));
        assertThat(strategyOf("config-profile: chat", "routing-strategy: first", "external-filter: slot=none"))
                .isEqualTo("least");
    }

    // ---- by size

    private static String chat(int promptCharacters, String more) {
        return "{\"model\":\"m\"" + more + ",\"messages\":[{\"role\":\"user\",\"content\":\""
                + "x".repeat(promptCharacters) + "\"}]}";
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "399;; default; first",
        "400;; long; least",
        "4; ,\"max_tokens\":2048; offline; marking",
        "4; ,\"max_completion_tokens\":2048; offline; marking",
        "400; ,\"max_tokens\":4096; both; reader"})
    void shouldChooseByTheSizeOfTheRequest(int characters, @Nullable String more, String profile, String strategy) {
        configure(document(null, profile("default", "first", Limits.NONE), sized("long", "least", 100L, null),
                sized("offline", "marking", null, 2048L), sized("both", "reader", 100L, 2048L)));
        client.send(Http.post("/v1/chat/completions", chat(characters, more == null ? "" : more),
                "config-profile: AUTO"));
        RawConnection.Message answer = answered(client);
        assertThat(answer.header(TOLD)).isEqualTo(profile);
        assertThat(answer.header("routing-strategy")).isEqualTo(strategy);
    }

    @Test
    void shouldTellTheProfileOnlyWhereItWasChosenInTheClientsPlace() {
        configure(document(null, profile("default", "first", Limits.NONE), profile("chat", "least", Limits.NONE)));
        client.send(Http.chat("config-profile: chat"));
        assertThat(answered(client).header(TOLD)).isNull();
    }

    @Test
    void shouldNotLetAPodTellAnotherProfile() {
        configure(document(null, profile("default", "first", Limits.NONE)));
        client.send(Http.chat("config-profile: auto"));
        RawConnection pod = engine.accept();
        pod.readMessage();
        pod.send(Http.ok("{}", TOLD + ": forged"));
        assertThat(client.readMessage().header(TOLD)).isEqualTo("default");
    }

    // ---- limits

    private void assertLimited(RawConnection.Message answer, String header, String message, String code) {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header(header)).isEqualTo("true");
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(answer.body()).contains("\"message\":\"" + message + "\"", "\"type\":\"rate_limit_error\"",
                "\"code\":\"" + code + "\"");
    }

    private void assertRpsExceeded(RawConnection.Message answer, int limit) {
        assertLimited(answer, "x-error-model-rps-exceeded", "model: m has exceeded RPS: " + limit,
                "rate_limit_exceeded");
    }

    @Test
    void shouldRefuseWhatIsMoreThanTheRequestsOfASecond() {
        limit(new Limits(2, 0, 0));
        proxy.clock.stop();
        client.send(Http.chat());
        answered(client);
        client.send(Http.chat());
        answered(client);
        assertRpsExceeded(client.send(Http.chat()).readMessage(), 2);
        proxy.clock.addSeconds(1);
        client.send(Http.chat());
        assertThat(answered(client).status()).isEqualTo(200);
    }

    @Test
    void shouldGiveBackWhatWasNotRouted() {
        limit(new Limits(1, 0, 0));
        proxy.clock.stop();
        for (int i = 0; i < 3; i++) {
            client.send(Http.chat("routing-strategy: failing"));
            assertThat(client.readMessage().header("x-error-routing")).isEqualTo("true");
        }
        client.send(Http.chat());
        assertThat(answered(client).status()).isEqualTo(200);
        assertRpsExceeded(client.send(Http.chat()).readMessage(), 1);
    }

    @Test
    void shouldLimitByTheReplicasThatAreReady() {
        proxy.fleet.publish(null, null, "127.0.0.1", engine.port, engine.port);
        configure(document(null, profile("default", null, new Limits(1, 1, 0))));
        proxy.settings.strategy = "first";
        proxy.clock.stop();
        client.send(Http.chat("routing-strategy: first"));
        answered(client);
        client.send(Http.chat("routing-strategy: first"));
        answered(client);
        assertRpsExceeded(client.send(Http.chat("routing-strategy: first")).readMessage(), 2);
    }

    @Test
    void shouldRefuseWhereEachEndpointIsFull() {
        limit(new Limits(0, 0, 1));
        try (RawConnection other = proxy.connect()) {
            client.send(Http.chat());
            RawConnection pod = engine.accept();
            pod.readMessage();
            assertLimited(other.send(Http.chat()).readMessage(), "x-error-model-replica-inflight-exceeded",
                    "model: m has exceeded replica inflight limit: 1", "replica_inflight_exceeded");
            pod.send(Http.ok("{}", "connection: close"));
            client.readMessage();
            TestProxy.await("room again", proxy.fleet::idle);
            other.send(Http.chat());
            assertThat(answered(other).status()).isEqualTo(200);
        }
    }

    @Test
    void shouldNotLimitModelsWithoutProfiles() {
        limit(new Limits(1, 0, 0));
        proxy.fleet.publish(pods -> List.of(TestFleet.model("m", pods, null)));
        for (int i = 0; i < 3; i++) {
            client.send(Http.chat());
            assertThat(answered(client).status()).isEqualTo(200);
        }
        assertThat(proxy.fleet.current().model("m")).extracting(Model::profiles).isNull();
    }
}
