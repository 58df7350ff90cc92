package dev.penstock.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.ModelView;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import dev.penstock.testkit.FakeFleet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FleetTest {

    @Test
    void shouldFindEndpointsBySlotInManyChunks() {
        FakeFleet fleet = new FakeFleet().add(IntStream.range(0, 200).mapToObj(i -> "p" + i).toArray(String[]::new));
        Snapshot snapshot = fleet.current();
        for (int i = 0; i < 200; i++) {
            assertThat(snapshot.endpoint(i)).isSameAs(fleet.pod("p" + i));
        }
        assertThat(snapshot.endpoint(-1)).isNull();
        assertThat(snapshot.endpoint(255)).isNull();
        assertThat(snapshot.endpoint(100_000)).isNull();
        assertThat(snapshot.slots()).isGreaterThanOrEqualTo(200);
    }

    @Test
    void shouldTellTheUsersOfOneSlotApart() {
        FakeFleet fleet = new FakeFleet().add("p1");
        PodView before = fleet.pod("p1");
        fleet.replace("p1");
        assertThat(fleet.pod("p1").slot()).isEqualTo(before.slot());
        assertThat(fleet.current().contains(before)).isFalse();
        assertThat(fleet.current().contains(fleet.pod("p1"))).isTrue();
    }

    @Test
    void shouldListModelsInOrder() {
        Snapshot snapshot = new FakeFleet().add("p1").model("z", "p1").model("a", "p1").current();
        assertThat(snapshot.models()).extracting(ModelView::name).containsExactly("a", FakeFleet.MODEL, "z");
        assertThat(snapshot.model("nothing")).isNull();
        assertThat(Fleet.EMPTY.models()).isEmpty();
        assertThat(Fleet.EMPTY.endpoint(0)).isNull();
    }
}
