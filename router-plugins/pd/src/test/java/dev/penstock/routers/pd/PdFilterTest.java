package dev.penstock.routers.pd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import dev.penstock.testkit.FakeRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who makes a pair, and how it hands over. */
class PdFilterTest {

    private static final String NOT_READY = "PREFILL_NOT_READY";
    private static final String GROUP_INDEX = "stormservice.orchestration.aibrix.ai/pod-group-index";
    private static final String CONNECTOR = "model.aibrix.ai/kv-connector-type";

    @Test
    void shouldPairWithinARoleset() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "d1").roleset("b", "p2", "d2").roleset("c", "p3")
                .roleset("e", "d4");
        assertThat(fleet.taken()).containsExactly("p1>d1", "p2>d2");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            roleset-name, '', role-name, prefill
            roleset-name, a, role-name, ''
            roleset-name, a, role-name, router
            roleset-name, a, other, prefill
            role-name, prefill, other, a""")
    void shouldLeaveOutPodsWithoutRoleOrRoleset(String label, String value, String other, String otherValue) {
        PdFleet fleet = PdFleet.empty().pod("x", label, value, other, otherValue)
                .pod("d1", "roleset-name", "a", "role-name", "decode");
        assertThat(fleet.route()).isEqualTo(NOT_READY);
        assertThat(PdFleet.empty().pod("x", label, value, other, otherValue).roleset("a", "p1", "d1").taken())
                .containsExactly("p1>d1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "", "invalid", "-1", "00"})
    void shouldLeaveOutPodsThatAreNotTheFirstOfTheirGroup(String index) {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "d1", "d2");
        fleet.shard.fleet().label("p1", GROUP_INDEX, index).label("d2", GROUP_INDEX, index)
                .label("p2", GROUP_INDEX, "0");
        assertThat(fleet.taken()).containsExactly("p2>d1");
    }

    @Test
    void shouldFailWithAibrixWordsWhereThereIsNoPair() {
        assertThat(PdFleet.empty().roleset("a", "d1", "d2").route()).isEqualTo(NOT_READY);
        assertThat(PdFleet.empty().roleset("a", "p1").route()).isEqualTo(NOT_READY);
        assertThat(PdFleet.empty().roleset("a", "p1").roleset("b", "d1").route()).isEqualTo(NOT_READY);
        assertThat(PdFleet.empty().pod("x").route()).isEqualTo(NOT_READY);
        assertThat(ErrorCode.PREFILL_NOT_READY.message())
                .isEqualTo("prefill pods are not ready: prefill=0, decode=0");
    }

    @Test
    void shouldTellThatThereIsNoPair() {
        PdFleet fleet = PdFleet.empty().roleset("a", "d1");
        fleet.route();
        assertThat(fleet.counter("no_pair")).isOne();
    }

    @Test
    void shouldLeaveOutPodsThatAreNotReadyAndHaveFailed() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "d1");
        fleet.shard.fleet().ready("p1", false);
        assertThat(fleet.taken()).containsExactly("p2>d1");
        fleet.shard.fleet().ready("p1", true);
        assertThat(fleet.taken()).containsExactly("p1>d1", "p2>d1");
        fleet.shard.fleet().remove("p2").replace("p1");
        assertThat(fleet.route()).isEqualTo(NOT_READY);
        fleet.shard.fleet().label("p1", "roleset-name", "a").label("p1", "role-name", "prefill");
        assertThat(fleet.taken()).containsExactly("p1>d1");
    }

    @Test
    void shouldGoToAnotherPairWhereAPrefillPodHasFailedForTheRequest() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "d1").roleset("b", "p2", "d2");
        assertThat(fleet.afterFailureOf("p1")).isEqualTo("p2>d2");
        assertThat(fleet.afterFailureOf("d2")).isEqualTo("p1>d1");
    }

    // [QUIRK] AIBrix refuses a model whose pods have two engines.
    @Test
    void shouldPairPodsOfOneEngineWhereThereAreTwo() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "p2", "d1", "d2");
        fleet.shard.fleet().engine("p1", "sglang").engine("d1", "sglang");
        assertThat(fleet.taken()).containsExactly("p1>d1", "p2>d2");
    }

    // [QUIRK] AIBrix tells rolesets apart by name alone, whatever their namespace.
    @Test
    void shouldKnowRolesetsByNamespaceToo() {
        assertThat(PdFleet.empty().roleset("a", "p1", "d1").route()).isEqualTo("p1>d1");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            vllm,     '',       shfs,     shfs
            vllm,     '',       nixl,     nixl
            vllm,     NIXL,     shfs,     nixl
            vllm,     Mooncake, shfs,     mooncake
            vllm,     shfs,     nixl,     shfs
            vllm,     carrier,  nixl,     nixl
            vllm,     '',       carrier,  shfs
            sglang,   nixl,     shfs,     sglang
            SGLang,   '',       shfs,     sglang
            trtllm,   '',       nixl,     trtllm
            xllm,     nixl,     shfs,     xllm""")
    void shouldNameTheConnector(String engine, String label, String setting, String connector) {
        PdFleet fleet = PdFleet.with("connector", setting).roleset("a", "p1", "d1");
        fleet.shard.fleet().engine("p1", engine).engine("d1", engine);
        if (!label.isEmpty()) {
            fleet.shard.fleet().label("p1", CONNECTOR, label);
        }
        assertThat(fleet.route()).isEqualTo("p1>d1");
        assertThat(((Plan.PrefillDecode) fleet.plan()).connector()).isEqualTo(connector);
        assertThat(fleet.notes().contains("pd=unknown_word")).isEqualTo(setting.equals("carrier"));
    }

    @Test
    void shouldSendToOnePodWhatEnginesDoNotHandOver() {
        PdFleet fleet = PdFleet.empty().roleset("a", "p1", "d1");
        assertThat(fleet.route(FakeRequest.plain().withApi(Api.EMBEDDINGS))).isEqualTo("d1");
        assertThat(fleet.notes(FakeRequest.plain().withApi(Api.RESPONSES))).isEqualTo(List.of("pd=one_leg"));
        assertThat(fleet.route(FakeRequest.plain().withApi(Api.COMPLETIONS))).isEqualTo("p1>d1");
    }

    @Test
    void shouldForgetRolesetsThatHaveLeft() {
        PdFleet fleet = PdFleet.empty();
        for (int i = 0; i < 200; i++) {
            fleet.roleset("set-" + i, "p" + i, "d" + i);
            assertThat(fleet.route()).isEqualTo("p" + i + ">d" + i);
            fleet.shard.fleet().remove("p" + i).remove("d" + i);
        }
        assertThat(fleet.roleset("a", "p", "d").taken()).containsExactly("p>d");
    }
}
