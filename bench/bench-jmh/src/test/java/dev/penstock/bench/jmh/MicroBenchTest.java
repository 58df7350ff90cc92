package dev.penstock.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.runner.RunnerException;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class MicroBenchTest {
    private static final List<String> BESIDES_NOTHING = List.of("PickBenchmark.columnScan",
            "MailboxBenchmark.engineAlone", "SnapshotBenchmark.lockedOne", "SnapshotBenchmark.lockedTwo",
            "SnapshotBenchmark.lockedLookUp", "BodyBenchmark.jacksonScan", "BodyBenchmark.jacksonPatch",
            "TraceBenchmark.off", "LookUpBenchmark.hashMap", "AdmissionBenchmark.unlimited",
            "PrefixBenchmark.chainedHash");

    @Test
    void shouldRunEachBenchmarkBesideItsYardstick() throws RunnerException {
        List<MicroReport.Line> lines = MicroReport.lines(MicroBench.run(List.of(), Effort.SMOKE));

        assertThat(lines).extracting(MicroReport.Line::name).containsAll(MicroBench.names());
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.score()).as(line.name()).isPositive();
            assertThat(line.yardstick().isEmpty()).as(line.name()).isEqualTo(BESIDES_NOTHING.contains(line.name()));
            if (!line.yardstick().isEmpty()) {
                assertThat(line.ratio()).as(line.name() + " " + line.parameters()).isPositive();
            }
        });
        assertThat(MicroReport.table(lines)).contains("x yardstick", "pods=1000");
        assertThat(MicroReport.json(lines).lines()).hasSameSizeAs(lines)
                .allSatisfy(line -> assertThat(line).startsWith("{\"benchmark\":").endsWith("}"));
    }

    @Test
    void shouldSayWhatThereIsWhereNothingHasTheName() {
        assertThatIllegalArgumentException().isThrownBy(() -> MicroBench.run(List.of("Nothing"), Effort.SMOKE))
                .withMessageStartingWith("no benchmark: Nothing (expected: a part of AdmissionBenchmark.");
    }
}
