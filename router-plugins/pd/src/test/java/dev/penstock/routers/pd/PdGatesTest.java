package dev.penstock.routers.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Gauge;
import dev.penstock.testkit.Routed;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods that differ too much in what they have to do. */
class PdGatesTest {

    private static final String PREFILL = "pd=gate_prefill";
    private static final String REQUESTS = "pd=gate_requests";
    private static final String THROUGHPUT = "pd=gate_throughput";
    private static final String DRAIN = "pd=gate_drain";

    /** Pods p1, p2 … of one roleset, with these requests, and one decode pod. */
    private static PdFleet prefills(String requests) {
        PdFleet fleet = PdFleet.with("prefill-policy", "least_request", "deviation-factor", "100").roleset("a", "d");
        int i = 0;
        for (String each : requests.split(" ", -1)) {
            fleet.roleset("a", "p" + ++i).inFlight("p" + i, Integer.parseInt(each));
        }
        return fleet;
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            5 5 5,       false, p1 p2 p3
            10 15 20,    false, p1
            5 40 45,     true,  p1
            2 2 50 45,   true,  p1 p2
            7,           false, p1
            0 50,        true,  p1
            0 16,        false, p1
            0 17,        true,  p1""")
    void shouldTakeOneOfTheLeastBusyPrefillPodsWhereTheyDiffer(String requests, boolean gate, String taken) {
        PdFleet fleet = prefills(requests);
        assertThat(fleet.notes().contains(PREFILL)).isEqualTo(gate);
        assertThat(fleet.taken()).containsExactlyElementsOf(
                new TreeSet<>(List.of((taken.replace(" ", ">d ") + ">d").split(" ", -1))));
    }

    @Test
    void shouldNarrowDecodePodsToTheRolesetOfThePrefillPod() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "d1").roleset("b", "p2", "d2", "d3").inFlight("p1", 17)
                .inFlight("d2", 3).inFlight("d3", 4);
        assertThat(fleet.taken()).containsExactly("p2>d2");
    }

    /** Pods d1, d2 …, each {@code requests/throughput/kv}, where - is for none, and one prefill pod. */
    private static PdFleet decodes(String pods) {
        PdFleet fleet = PdFleet.with("decode-policy", "least_request").roleset("a", "p");
        int i = 0;
        for (String each : pods.split(" ", -1)) {
            String name = "d" + ++i;
            String[] said = each.split("/", -1);
            fleet.roleset("a", name).inFlight(name, Integer.parseInt(said[0]));
            report(fleet, name, Gauge.GENERATION_THROUGHPUT, said[1]);
            report(fleet, name, Gauge.KV_CACHE_USAGE, said[2]);
        }
        return fleet;
    }

    private static void report(PdFleet fleet, String pod, Gauge gauge, String value) {
        if (!value.equals("-")) {
            fleet.gauge(pod, gauge, Double.parseDouble(value));
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            5/100/.5 7/120/.6,               '',                 p>d1
            2/100/.3 40/120/.8 35/110/.7,    pd=gate_requests,   p>d1
            0/-/- 16/-/-,                    pd=gate_requests,   p>d1
            0/-/- 15/-/-,                    '',                 p>d1
            0/-/- 5/-/-,                     '',                 p>d1
            10/50/.4 9/3000/.5,              pd=gate_throughput, p>d1
            10/100/.4 9/200/.5,              '',                 p>d2
            10/50/.4 9/2098/.5,              '',                 p>d2
            10/50/.4 9/2099/.5,              pd=gate_throughput, p>d1
            9/-/- 10/50/.4 11/3000/.5,       pd=gate_throughput, p>d2
            30/50/.4 2/3000/.5,              pd=gate_requests,   p>d2""")
    void shouldTakeTheDecodePodWithTheLeastWhereTheyDiffer(String pods, String gate, String taken) {
        PdFleet fleet = decodes(pods);
        List<String> gates = new ArrayList<>(fleet.notes());
        gates.removeIf(note -> !note.startsWith("pd=gate"));
        assertThat(String.join(" ", gates)).isEqualTo(gate);
        assertThat(fleet.taken()).containsExactly(taken);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            8 2.0 6 0.3,  true,  p>d1
            8 2.0 4 1.0,  false, p>d2
            8 2.0 6 -,    false, p>d2
            1 0.02 2 0.5, true,  p>d2
            0 2.0 1 2.0,  true,  p>d1
            0 2.0 0 1.0,  false, p>d1 p>d2""")
    void shouldTakeTheDecodePodThatIsThroughSoonest(String pods, boolean gate, String taken) {
        String[] said = pods.split(" ", -1);
        PdFleet fleet = decodes(said[0] + "/-/- " + said[2] + "/-/-");
        report(fleet, "d1", Gauge.DRAIN_RATE, said[1]);
        report(fleet, "d2", Gauge.DRAIN_RATE, said[3]);
        assertThat(fleet.notes().contains(DRAIN)).isEqualTo(gate);
        assertThat(fleet.taken()).containsExactly(taken.split(" ", -1));
    }

    @Test
    void shouldNarrowPrefillPodsToTheRolesetOfTheDecodePod() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "d1").roleset("b", "p2", "d2").inFlight("d1", 20)
                .inFlight("p2", 9);
        assertThat(fleet.notes()).contains(REQUESTS);
        assertThat(fleet.taken()).containsExactly("p2>d2");
    }

    @Test
    void shouldHeedTheSettings() {
        PdFleet fleet = PdFleet.with("prefill-imbalance", "2", "decode-imbalance", "3",
                "decode-throughput-imbalance", "10", "decode-drain-ratio", "3").roleset("a", "p1", "p2", "d1", "d2")
                .inFlight("p2", 3);
        assertThat(fleet.notes()).contains(PREFILL);
        assertThat(fleet.inFlight("p2", 2).notes()).doesNotContain(PREFILL);
        assertThat(fleet.inFlight("d2", 3).notes()).contains(REQUESTS);
        fleet.inFlight("d2", 2).gauge("d1", Gauge.GENERATION_THROUGHPUT, 20);
        assertThat(fleet.gauge("d2", Gauge.GENERATION_THROUGHPUT, 31).notes()).contains(THROUGHPUT);
        fleet.gauge("d2", Gauge.GENERATION_THROUGHPUT, 30).inFlight("d1", 1);
        fleet.gauge("d1", Gauge.DRAIN_RATE, 1).gauge("d2", Gauge.DRAIN_RATE, 1);
        assertThat(fleet.notes()).doesNotContain(THROUGHPUT, DRAIN);
        assertThat(fleet.gauge("d1", Gauge.DRAIN_RATE, 2).notes()).contains(DRAIN);
    }

    @Test
    void shouldCountBothLegsFromTheChoiceToTheEndOfEach() {
        PdFleet fleet = PdFleet.with("prefill-policy", "least_request").roleset("a", "p1", "p2", "d1", "d2");
        Routed first = fleet.shard.route("pd");
        Routed second = fleet.shard.route("pd");
        assertThat(List.of(String.valueOf(first.prefillPod()), String.valueOf(second.prefillPod())))
                .containsExactlyInAnyOrder("p1", "p2");
        assertThat(List.of(String.valueOf(first.pod()), String.valueOf(second.pod())))
                .containsExactlyInAnyOrder("d1", "d2");
        first.prefilled();
        first.firstByte();
        Routed third = fleet.shard.route("pd");
        assertThat(third.prefillPod()).isEqualTo(first.prefillPod());
        third.ended();
        second.ended();
        first.ended();
        assertThat(fleet.shard.load().idle()).isTrue();
    }
}
