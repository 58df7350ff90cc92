package dev.penstock.bench.proxy.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class CpuListTest {
    @Test
    void shouldReadRangesAndSingleCpus() {
        assertThat(CpuList.parse(" 0-2,7\n")).containsExactly(0, 1, 2, 7);
        assertThat(CpuList.parse("5")).containsExactly(5);
        assertThat(CpuList.parse("")).isEmpty();
    }
}
