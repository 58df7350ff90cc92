package dev.penstock.bench.proxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CpuLayoutTest {
    @Test
    void shouldPinProxyAndLoadApart() {
        CpuLayout layout = new CpuLayout(2, 3, Path.of("/usr/bin/taskset"));

        assertThat(layout.separated()).isTrue();
        assertThat(layout.onProxyCpu(List.of("nginx", "-v")))
                .containsExactly("/usr/bin/taskset", "-c", "2", "nginx", "-v");
        assertThat(layout.onLoadCpu(List.of("wrk"))).containsExactly("/usr/bin/taskset", "-c", "3", "wrk");
    }

    @Test
    void shouldRunUnpinnedWithoutTaskset() {
        CpuLayout layout = new CpuLayout(0, 1, null);

        assertThat(layout.separated()).isFalse();
        assertThat(layout.onProxyCpu(List.of("nginx"))).containsExactly("nginx");
        assertThat(layout.moveToLoadCpu(7)).isEmpty();
    }
}
