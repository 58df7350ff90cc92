package dev.penstock.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointListTest {

    private static Pod pod(String name, String group, int port, int slot, int generation) {
        return Pod.of(new PodIdentity("default", name, name + "-uid"), "10.0.0.1", port, slot, generation, group,
                "vllm", true, Map.of(), Map.of());
    }

    private static List<String> addresses(Candidates candidates) {
        return IntStream.range(0, candidates.size()).mapToObj(candidates::get)
                .map(pod -> pod.group() + "/" + pod.name() + ":" + pod.port()).toList();
    }

    @Test
    void shouldKeepOneOrderByGroupPodAndPort() {
        List<Pod> pods = new ArrayList<>(List.of(pod("b", "", 1, 0, 0), pod("a", "g2", 1, 1, 0),
                pod("a", "g1", 9, 2, 0),
                pod("a", "g1", 8, 3, 0), pod("c", "g1", 1, 4, 0)));
        for (int i = 0; i < 10; i++) {
            Collections.shuffle(pods, new Random(i));
            EndpointList list = EndpointList.of(pods);
            assertThat(addresses(list)).containsExactly("/b:1", "g1/a:8", "g1/a:9", "g1/c:1", "g2/a:1");
            assertThat(list.groups()).isEqualTo(3);
            assertThat(List.of(list.groupName(0), list.groupName(1), list.groupName(2)))
                    .containsExactly("", "g1", "g2");
            assertThat(list.groupStart(1)).isEqualTo(1);
            assertThat(list.groupEnd(1)).isEqualTo(4);
            assertThat(list.groupEnd(2)).isEqualTo(list.size());
        }
    }

    @Test
    void shouldKnowEndpointsBySlotAndGeneration() {
        EndpointList list = EndpointList.of(List.of(pod("a", "", 1, 0, 1), pod("b", "", 1, 7, 2)));
        assertThat(list.contains(pod("other name", "g", 5, 7, 2))).isTrue();
        assertThat(list.contains(pod("b", "", 1, 7, 3))).isFalse();
        assertThat(list.contains(pod("b", "", 1, 2, 7))).isFalse();
        assertThat(list.indexOf(pod("b", "", 1, 7, 2))).isEqualTo(1);
        assertThat(list.indexOf(pod("b", "", 1, 7, 3))).isEqualTo(-1);
    }

    @Test
    void shouldFilterInOrderAndGiveTheSameObjectWhereAllPass() {
        EndpointList list = EndpointList.of(List.of(pod("a", "g1", 1, 0, 0), pod("b", "g2", 1, 1, 0),
                pod("c", "g2", 1, 2, 0)));
        assertThat(EndpointList.filter(list, pod -> true)).isSameAs(list);
        assertThat(EndpointList.filter(list, pod -> false)).isSameAs(EndpointList.EMPTY);
        Candidates some = EndpointList.filter(list, pod -> !pod.name().equals("b"));
        assertThat(addresses(some)).containsExactly("g1/a:1", "g2/c:1");
        assertThat(some.groups()).isEqualTo(2);
        assertThat(some.groupStart(1)).isEqualTo(1);
        assertThat(some.contains(list.get(1))).isFalse();
    }

    @Test
    void shouldBeEmptyWithoutEndpoints() {
        assertThat(EndpointList.of(List.of())).isSameAs(EndpointList.EMPTY);
        assertThat(EndpointList.EMPTY.groups()).isZero();
    }

    @Test
    void shouldPutAnIpv6AddressIntoBrackets() {
        PodView pod = Pod.of(new PodIdentity("n", "p", "u"), "fd00::1", 8000, 0, 0, "", "vllm", true, Map.of(),
                Map.of());
        assertThat(pod.address()).isEqualTo("[fd00::1]:8000");
    }
}
