package dev.penstock.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.penstock.spi.GpuProfile.Axis;
import dev.penstock.spi.GpuProfile.Measure;
import dev.penstock.spi.GpuProfile.Table;
import dev.penstock.spi.GpuProfile.Targets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuProfileTest {

    private static final Axis OUTPUTS = Axis.of(4, 8, 16, 32, 64, 128, 256, 512);
    private static final Axis PROMPTS = Axis.of(128, 256, 512, 1024, 2048);

    private static GpuProfile profile(Map<Measure, Table> tables) {
        return new GpuProfile("m", "a100", 1, 1, Axis.of(10, 1000), Axis.of(10, 1000), tables, Targets.NONE);
    }

    private static Table table(double... four) {
        return Table.of(new double[][] {{four[0], four[1]}, {four[2], four[3]}});
    }

    @ParameterizedTest
    @CsvSource({"0, 2049, 0, 4", "64, 256, 4, 1", "256, 128, 6, 0", "8, 128, 1, 0", "1, 1, 0, 0", "512, 2048, 7, 4",
            "9223372036854775807, 9223372036854775807, 7, 4"})
    void shouldFindWhatWasMeasuredNearest(long output, long prompt, int row, int column) {
        assertThat(OUTPUTS.index(output)).isEqualTo(row);
        assertThat(PROMPTS.index(prompt)).isEqualTo(column);
    }

    @ParameterizedTest
    @CsvSource({"7, 0", "8, 1", "9, 1", "31, 1", "32, 2", "33, 2"})
    void shouldTakeTheLongerOfTwoThatAreAsNear(long length, int index) {
        // Half-way on a logarithmic scale: 8 between 4 and 16, 32 between 16 and 64.
        assertThat(Axis.of(4, 16, 64).index(length)).isEqualTo(index);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 5, 1_000_000})
    void shouldTakeTheOnlyLengthForAny(long length) {
        assertThat(Axis.of(100).index(length)).isZero();
    }

    @Test
    void shouldRefuseNegativeLengths() {
        assertThatThrownBy(() -> OUTPUTS.index(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("length: -1 (expected: not negative)");
    }

    @Test
    void shouldTellWhatWasMeasured() {
        GpuProfile profile = profile(Map.of(Measure.E2E, table(1, 2, 3, 4)));
        assertThat(profile.value(Measure.E2E, 10, 10)).isEqualTo(1);
        assertThat(profile.value(Measure.E2E, 0, 5_000)).isEqualTo(2);
        assertThat(profile.value(Measure.E2E, 5_000, 0)).isEqualTo(3);
        assertThat(profile.value(Measure.E2E, 100, 100)).isEqualTo(4);
    }

    @Test
    void shouldSayWhatWasNeverMeasured() {
        GpuProfile profile = profile(Map.of(Measure.THROUGHPUT, table(1, 2, 3, 4)));
        assertThat(profile.has(Measure.THROUGHPUT)).isTrue();
        assertThat(profile.tellsConsumption()).isFalse();
        assertThatThrownBy(() -> profile.consumption(1, 1))
                .isInstanceOfSatisfying(GpuProfile.NoDataException.class,
                        missing -> assertThat(missing.measure()).isEqualTo(Measure.E2E))
                .hasMessage("profile of m in a100: no e2e");
        assertThatThrownBy(() -> profile.value(Measure.TTFT, 1, 1)).isInstanceOf(GpuProfile.NoDataException.class);
    }

    @Test
    void shouldTellTheShareThatARequestTakes() {
        GpuProfile profile = profile(Map.of(Measure.THROUGHPUT, table(10, 5, 2, 0),
                Measure.E2E, table(0.5, 2, 10, 20)));
        assertThat(profile.consumption(10, 10)).isCloseTo(0.2, within(1e-12));
        assertThat(profile.consumption(10, 1000)).isCloseTo(0.1, within(1e-12));
        assertThat(profile.consumption(1000, 10)).isCloseTo(0.05, within(1e-12));
        assertThat(profile.consumption(1000, 1000)).isInfinite();
    }

    @Test
    void shouldNotChange() {
        double[] lengths = {1, 2};
        double[][] rows = {{1, 2}, {3, 4}};
        Map<Measure, Table> tables = new HashMap<>(Map.of(Measure.E2E, Table.of(rows)));
        GpuProfile profile = new GpuProfile("m", "g", 0, 0, Axis.of(lengths), Axis.of(lengths), tables, Targets.NONE);
        lengths[1] = 9;
        rows[0][0] = 9;
        tables.clear();
        assertThat(profile.outputs().tokens(1)).isEqualTo(2);
        assertThat(profile.value(Measure.E2E, 1, 1)).isEqualTo(1);
        assertThat(profile).isEqualTo(new GpuProfile("m", "g", 0, 0, Axis.of(1, 2), Axis.of(1, 2),
                Map.of(Measure.E2E, table(1, 2, 3, 4)), Targets.NONE)).hasSameHashCodeAs(new GpuProfile("m", "g", 0, 0,
                Axis.of(1, 2), Axis.of(1, 2), Map.of(Measure.E2E, table(1, 2, 3, 4)), Targets.NONE));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThatThrownBy(() -> profile(Map.of(Measure.TPOT, Table.of(new double[][] {{1, 2, 3}, {1, 2, 3}}))))
                .hasMessage("tpot: 2 x 3 (expected: 2 x 2, as the indexes)");
        assertThatThrownBy(() -> profile(Map.of(Measure.TPOT, Table.of(new double[0][]))))
                .hasMessage("tpot: 0 x 0 (expected: 2 x 2, as the indexes)");
        assertThatThrownBy(() -> Table.of(new double[][] {{1, 2}, {3}}))
                .hasMessage("row 2: 1 numbers (expected: 2, as in the first)");
        assertThatThrownBy(() -> table(1, 2, Double.NaN, 4))
                .hasMessage("row 2: NaN (expected: numbers, not negative)");
        assertThatThrownBy(() -> table(1, -2, 3, 4)).hasMessage("row 1: -2.0 (expected: numbers, not negative)");
        assertThatThrownBy(() -> Axis.of()).hasMessage("no lengths (expected: at least one)");
        assertThatThrownBy(() -> Axis.of(1, 1))
                .hasMessage("1.0 after 1.0 (expected: positive numbers in ascending order)");
        assertThatThrownBy(() -> Axis.of(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Axis.of(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Axis.of(1, Double.POSITIVE_INFINITY)).isInstanceOf(IllegalArgumentException.class);
    }
}
