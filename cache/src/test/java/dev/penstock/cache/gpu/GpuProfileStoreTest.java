package dev.penstock.cache.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.spi.GpuProfile;
import dev.penstock.spi.GpuProfile.Axis;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Table;
import dev.penstock.spi.GpuProfile.Targets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GpuProfileStoreTest {

    private final GpuProfileStore store = new GpuProfileStore();

    private static GpuProfile profile(String model, String group, double created, Measure... measures) {
        Table table = Table.of(new double[][] {{1}});
        Map<Measure, Table> tables = measures.length == 0 ? Map.of()
                : Map.of(measures[0], table, measures[1], table);
        return new GpuProfile(model, group, 0, created, Axis.of(1), Axis.of(1), tables, Targets.NONE);
    }

    @Test
    void shouldKeepTheNewestOfAModelAndAGroup() {
        GpuProfile old = profile("m", "g", 1);
        GpuProfile recent = profile("m", "g", 2);
        GpuProfile other = profile("m", "h", 0);
        store.replace("a", List.of(recent, old, other));
        assertThat(store.find("m", "g")).isSameAs(recent);
        assertThat(store.find("m", "h")).isSameAs(other);
        assertThat(store.find("m", "x")).isNull();
        assertThat(store.find("x", "g")).isNull();
    }

    @Test
    void shouldKeepTheNewestOfAllSources() {
        GpuProfile mine = profile("m", "g", 5);
        GpuProfile theirs = profile("m", "g", 6);
        store.replace("file", List.of(mine));
        store.replace("other", List.of(theirs));
        assertThat(store.find("m", "g")).isSameAs(theirs);
        assertThat(store.all()).containsExactly(new GpuProfileStore.Known("other", theirs));
        store.replace("other", List.of());
        assertThat(store.find("m", "g")).isSameAs(mine);
        store.replace("file", List.of());
        assertThat(store.find("m", "g")).isNull();
        assertThat(store.all()).isEmpty();
    }

    @Test
    void shouldTakeTheLaterOfTwoThatAreAsNew() {
        GpuProfile later = profile("m", "g", 5, Measure.THROUGHPUT, Measure.E2E);
        store.replace("file", List.of(profile("m", "g", 5), later));
        assertThat(store.find("m", "g")).isSameAs(later);
    }

    @Test
    void shouldTellTheLoadOfGroupsWhoseProfileHasThroughputAndTime() {
        store.replace("file", List.of(profile("m", "g", 1, Measure.THROUGHPUT, Measure.E2E),
                profile("m", "h", 1, Measure.THROUGHPUT, Measure.TPOT)));
        assertThat(store.tellLoadOf("g")).isTrue();
        assertThat(store.tellLoadOf("h")).isFalse();
        assertThat(store.tellLoadOf("")).isFalse();
    }

    @Test
    void shouldListThemInOrder() {
        store.replace("file", List.of(profile("n", "a", 1), profile("m", "b", 1), profile("m", "a", 1)));
        assertThat(store.all()).extracting(known -> known.profile().model() + "/" + known.profile().group())
                .containsExactly("m/a", "m/b", "n/a");
    }
}
