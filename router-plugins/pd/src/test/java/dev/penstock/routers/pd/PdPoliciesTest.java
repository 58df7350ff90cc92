package dev.penstock.routers.pd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.Gauge;
import dev.penstock.testkit.FakeFleet;
import dev.penstock.testkit.FakeLoad;
import dev.penstock.testkit.FakeRequest;
import dev.penstock.testkit.Routed;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By what pods are compared. */
class PdPoliciesTest {

    private static final String PREFILL = "prefill-policy";
    private static final String DECODE = "decode-policy";
    private static final FakeRequest CHAT = FakeRequest.plain().withPrefixHashes(1, 2, 3, 4).withBodyBytes(2_048);

    private static void prefillAt(PdFleet fleet, String pod, FakeRequest request) {
        // Everybody else has far too much to do.
        for (String other : new String[] {"p1", "p2", "p3"}) {
            fleet.inFlight(other, other.equals(pod) ? 0 : 50);
        }
        Routed routed = fleet.shard.route("pd", request);
        assertThat(routed.prefillPod()).isEqualTo(pod);
        routed.prefilled();
        routed.ended();
        for (String other : new String[] {"p1", "p2", "p3"}) {
            fleet.inFlight(other, 0);
        }
        fleet.shard.serve();
    }

    @Test
    void shouldPreferThePrefillPodThatHoldsMoreOfThePrompt() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "p3", "d1");
        prefillAt(fleet, "p2", CHAT);
        assertThat(fleet.route(CHAT)).isEqualTo("p2>d1");
        assertThat(fleet.route(FakeRequest.plain().withPrefixHashes(1, 2, 9, 10))).isEqualTo("p2>d1");
        Set<String> others = new TreeSet<>();
        for (int i = 0; i < 30; i++) {
            others.add(fleet.route(FakeRequest.plain().withPrefixHashes(100 + i, 200 + i)));
        }
        assertThat(others).as("that nobody holds").containsExactly("p1>d1", "p2>d1", "p3>d1");
    }

    // 100 % of a prompt weigh 10, as much as ten times the most requests that anybody has.
    @Test
    void shouldLeaveOutAPodThatHasFarMoreRequestsThanTheMeanHoweverMuchItHolds() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "p3", "d1");
        prefillAt(fleet, "p2", CHAT);
        assertThat(fleet.inFlight("p1", 1).inFlight("p2", 1).route(CHAT)).as("1 <= 2/3 + 0.58").isEqualTo("p2>d1");
        assertThat(fleet.inFlight("p1", 0).route(CHAT)).as("1 > 1/3 + 0.58").isNotEqualTo("p2>d1");
    }

    // [QUIRK] With two pods nobody is ever more than 0.71 deviations above the mean: factor 1 leaves nobody out.
    @Test
    void shouldNeverLeaveOutOneOfTwo() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "d1").roleset("b", "p3");
        prefillAt(fleet, "p2", CHAT);
        assertThat(fleet.inFlight("p2", 16).route(CHAT)).isEqualTo("p2>d1");
    }

    @Test
    void shouldNotLeaveOutEverybodyWhateverTheFactor() {
        PdFleet fleet = PdFleet.with("deviation-factor", "-5").roleset("a", "p1", "p2", "d1").inFlight("p1", 2);
        assertThat(fleet.route()).isEqualTo("p2>d1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"least_request", "LEAST_REQUEST", " least_request "})
    void shouldGoByRequestsAloneWhereSettingsSaySo(String policy) {
        PdFleet fleet = PdFleet.with(PREFILL, policy, DECODE, policy).roleset("a", "p1", "p2", "d1", "d2")
                .inFlight("p1", 3).inFlight("p2", 7).inFlight("d1", 2).inFlight("d2", 1);
        fleet.gauge("d1", Gauge.GENERATION_THROUGHPUT, 900).gauge("d2", Gauge.KV_CACHE_USAGE, .99);
        assertThat(fleet.taken(CHAT)).containsExactly("p1>d2");
        assertThat(fleet.notes(CHAT)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            4, 50,  5,   37.5
            2, 0,   100, 30
            2, NaN, 100, 30
            0, 50,  100, 40
            4, 50,  10,  25""")
    void shouldReckonTheTimeOfATokenAsConductorDoes(int running, double throughput, double free, double millis) {
        assertThat(DecodeCosts.conductor(running, throughput, free)).isCloseTo(millis, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            3, .002, 4,    0,   11.008
            3, .002, 0,    0,   6.0
            1, NaN,  0,    0,   16.5852376
            1, 0,    0,    0,   16.5852376
            0, .002, 1000, 1,   6.0
            0, .002, 1000, .6,  17.0""")
    void shouldReckonTheTimeOfAPrefillAsConductorDoes(int requests, double seconds, double tokens, double share,
            double millis) {
        assertThat(PrefillCosts.conductor(requests, seconds, tokens, share)).isCloseTo(millis, within(1e-6));
    }

    @Test
    void shouldGoByConductorWhereSettingsSaySo() {
        PdFleet fleet = PdFleet.with(PREFILL, "conductor", DECODE, "conductor").roleset("a", "p1", "p2", "d1", "d2")
                .inFlight("p1", 2).inFlight("p2", 3).inFlight("d1", 2).inFlight("d2", 4);
        assertThat(fleet.notes(CHAT)).containsExactly("pd=no_prefill_time", "pd=no_throughput", "pd=no_kv_usage");
        fleet.gauge("p1", Gauge.PREFILL_SECONDS, .2).gauge("p2", Gauge.PREFILL_SECONDS, .1);
        fleet.gauge("d1", Gauge.GENERATION_THROUGHPUT, 50).gauge("d2", Gauge.GENERATION_THROUGHPUT, 40);
        fleet.gauge("d1", Gauge.KV_CACHE_USAGE, .2).gauge("d2", Gauge.KV_CACHE_USAGE, .2);
        assertThat(fleet.taken(CHAT)).as("300 < 400; 30 < 31.25").containsExactly("p2>d1");
        assertThat(fleet.notes(CHAT)).isEmpty();
        assertThat(fleet.gauge("d1", Gauge.KV_CACHE_USAGE, .95).taken(CHAT)).containsExactly("p2>d2");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            .5,   50
            .6,   40
            .8,   20
            .95,  5
            1.0,  0.1
            1.2,  0.1
            NaN,  100""")
    void shouldTakePercentOfTheKvCacheAsFree(double used, double free) {
        FakeFleet fleet = new FakeFleet().add("d1");
        FakeLoad load = new FakeLoad().gauge(fleet.pod("d1"), Gauge.KV_CACHE_USAGE, used);
        Reports reports = new Reports(load);
        reports.renewIfOld(fleet.current(), Objects.requireNonNull(fleet.current().model(FakeFleet.MODEL)), 0);
        assertThat(reports.free(fleet.pod("d1").slot())).isEqualTo(free);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            4 100 .5,  2 100 .5,  p>d2
            4 300 .5,  2 100 .5,  p>d1
            4 100 .1,  2 100 .8,  p>d1
            0 0 .5,    4 800 .5,  p>d1 p>d2
            3 100 .5,  3 100 .5,  p>d1 p>d2""")
    void shouldWeighRequestsAndSpeedByWhatIsFree(String first, String second, String taken) {
        PdFleet fleet = PdFleet.with("decode-drain-ratio", "100").roleset("a", "p", "d1", "d2");
        say(fleet, "d1", first);
        say(fleet, "d2", second);
        assertThat(fleet.taken()).containsExactly(taken.split(" ", -1));
        assertThat(fleet.notes()).isEmpty();
    }

    private static void say(PdFleet fleet, String pod, String figures) {
        String[] said = figures.split(" ", -1);
        fleet.inFlight(pod, Integer.parseInt(said[0]));
        fleet.gauge(pod, Gauge.GENERATION_THROUGHPUT, Double.parseDouble(said[1]));
        fleet.gauge(pod, Gauge.KV_CACHE_USAGE, Double.parseDouble(said[2]));
    }

    @Test
    void shouldHeedTheWeights() {
        PdFleet fleet = PdFleet.with("decode-weight-running", "0").roleset("a", "p", "d1", "d2");
        say(fleet, "d1", "9 300 .5");
        say(fleet, "d2", "0 100 .5");
        assertThat(fleet.taken()).containsExactly("p>d1");
        fleet = PdFleet.with("decode-weight-throughput", "0").roleset("a", "p", "d1", "d2");
        say(fleet, "d1", "9 300 .5");
        say(fleet, "d2", "8 100 .5");
        assertThat(fleet.taken()).containsExactly("p>d2");
    }

    // [QUIRK] AIBrix takes a pod whose requests it does not know for one with 1: here those are always known.
    @Test
    void shouldKnowThatANewPodHasNothingToDo() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p", "d1").inFlight("d1", 1);
        assertThat(fleet.roleset("a", "d2").taken()).containsExactly("p>d2");
        assertThat(fleet.notes()).containsExactly("pd=no_throughput", "pd=no_kv_usage");
    }

    // [QUIRK] AIBrix takes throughput that is missing for none, which makes such a pod the worst of all.
    @Test
    void shouldTakeAPodOfUnknownSpeedForAnAverageOne() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p", "d1", "d2", "d3");
        say(fleet, "d1", "4 100 .5");
        say(fleet, "d2", "4 300 .5");
        fleet.inFlight("d3", 3).gauge("d3", Gauge.KV_CACHE_USAGE, .5);
        assertThat(fleet.taken()).as(".75 + 1/3 against 1 + 0").containsExactly("p>d2");
        assertThat(fleet.inFlight("d3", 2).taken()).as(".5 + 1/3").containsExactly("p>d3");
        assertThat(fleet.notes()).containsExactly("pd=mean_throughput");
        assertThat(fleet.counter("mean_throughput")).isEqualTo(101);
    }

    @Test
    void shouldTellThatNobodyKnowsWhatIsCached() {
        PdFleet fleet = PdFleet.withoutPrefixMatch().roleset("a", "p1", "p2", "d1").inFlight("p1", 1);
        assertThat(fleet.taken(CHAT)).containsExactly("p2>d1");
        assertThat(fleet.notes(CHAT)).contains("pd=no_prefix_match");
    }

    // [QUIRK] AIBrix refuses requests of an unknown decode policy in the profile, but not of an unknown prefill one.
    @ParameterizedTest
    @CsvSource(textBlock = """
            least_request,  least_request, true,  false
            prefix_cache,   least_request, false, false
            nonsense,       nonsense,      false, true""")
    void shouldHeedThePoliciesOfTheProfile(String prefill, String decode, boolean byRequests, boolean told) {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "p3", "d1");
        prefillAt(fleet, "p2", CHAT);
        FakeRequest request = CHAT.withProfile("x", "{\"prefillScorePolicy\": \"" + prefill
                + "\", \"decodeScorePolicy\": \"" + decode + "\"}");
        assertThat(fleet.taken(request).size() > 1).isEqualTo(byRequests);
        assertThat(fleet.notes(request).contains("pd=unknown_word")).isEqualTo(told);
    }

    // [BUG] AIBrix takes unknown words of its environment for the defaults without a word.
    @Test
    void shouldTellThatASettingIsNoPolicy() {
        PdFleet fleet = PdFleet.with(PREFILL, "fastest").roleset("a", "p1", "d1");
        assertThat(fleet.notes()).contains("pd=unknown_word");
        assertThat(fleet.counter("unknown_word")).isOne();
    }

    // [QUIRK] AIBrix takes the first one in the order of a map.
    @Test
    void shouldTakeEqualPairsAtRandom() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "d1", "d2").roleset("b", "p3", "d3");
        assertThat(fleet.taken()).containsExactly("p1>d1", "p1>d2", "p2>d1", "p2>d2", "p3>d3");
    }

    @Test
    void shouldTakeTheRolesetWhoseBestTwoCostTheLeastTogether() {
        PdFleet fleet = PdFleet.with(PREFILL, "least_request", DECODE, "least_request", "deviation-factor", "9")
                .roleset("a", "p1", "d1").roleset("b", "p2", "d2")
                .inFlight("p1", 4).inFlight("d1", 8).inFlight("p2", 8).inFlight("d2", 2);
        assertThat(fleet.taken()).as("4/8 + 8/8 against 8/8 + 2/8").containsExactly("p2>d2");
        assertThat(fleet.inFlight("d2", 5).taken()).as("1.5 against 1.625").containsExactly("p1>d1");
    }
}
