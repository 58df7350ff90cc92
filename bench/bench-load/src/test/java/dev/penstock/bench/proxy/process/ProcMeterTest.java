package dev.penstock.bench.proxy.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcMeterTest {
    /** No process has it, so that none of this machine's is taken for a descendant. */
    private static final long PID = 99_999_999;

    @TempDir
    private Path proc;

    @Test
    void shouldSumThreadsAndKeepCompilersApart() throws IOException {
        thread(1, "lb-io-0", 1_000_000);
        thread(2, "C2 CompilerThre", 7_000_000);
        CpuSample before = new ProcMeter(proc).cpu(PID);
        thread(1, "lb-io-0", 4_000_000);
        thread(2, "C2 CompilerThre", 12_000_000);
        thread(3, "C1 CompilerThre", 500_000);
        thread(4, "GC Thread#0", 250_000);

        CpuUse use = new ProcMeter(proc).cpu(PID).since(before);

        assertThat(use).isEqualTo(new CpuUse(3_250_000, 5_500_000));
        assertThat(use.workMicrosPer(100)).isEqualTo(32.5);
        assertThat(use.jitMicrosPer(100)).isEqualTo(55.0);
        assertThat(use.workMicrosPer(0)).isNaN();
    }

    @Test
    void shouldNotCountAThreadThatEnded() throws IOException {
        thread(1, "lb-io-0", 1_000);
        thread(2, "C2 CompilerThre", 9_000);
        CpuSample before = new ProcMeter(proc).cpu(PID);
        Path ended = task(2);
        Files.delete(ended.resolve("comm"));
        Files.delete(ended.resolve("schedstat"));

        assertThat(new ProcMeter(proc).cpu(PID).since(before)).isEqualTo(new CpuUse(0, 0));
    }

    @Test
    void shouldReadTheFirstFieldOfSchedstat() {
        assertThat(ProcMeter.schedstatNanos("123456789 62697 42\n")).isEqualTo(123_456_789L);
        assertThatThrownBy(() -> ProcMeter.schedstatNanos("x y z")).isInstanceOf(BenchException.class);
    }

    @Test
    void shouldReadResidentMemory() throws IOException {
        Files.createDirectories(proc.resolve(Long.toString(PID)));
        Files.writeString(proc.resolve(Long.toString(PID)).resolve("status"), "Name:\tx\nVmRSS:\t   2048 kB\n");

        assertThat(new ProcMeter(proc).residentBytes(PID)).isEqualTo(2_097_152);
    }

    @Test
    void shouldSayThatAProcessIsGone() {
        assertThatThrownBy(() -> new ProcMeter(proc).cpu(PID))
                .isInstanceOf(BenchException.class)
                .hasMessageContaining(Long.toString(PID));
    }

    private void thread(int id, String name, long nanos) throws IOException {
        Path folder = Files.createDirectories(task(id));
        Files.writeString(folder.resolve("comm"), name + "\n");
        Files.writeString(folder.resolve("schedstat"), nanos + " 0 1\n");
    }

    private Path task(int id) {
        return proc.resolve(Long.toString(PID)).resolve("task").resolve(Integer.toString(id));
    }
}
