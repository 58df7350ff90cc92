package dev.penstock.cache.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecentTracesTest {
    private final RecentTraces recent = new RecentTraces(3);

    @Test
    void shouldKeepTheLastWindows() {
        for (long end = 10; end <= 50; end += 10) {
            recent.write(new TraceWindow(end, List.of()));
        }
        assertThat(recent.windows()).extracting(TraceWindow::end).containsExactly(30L, 40L, 50L);
    }

    @Test
    void shouldTakeAWindowAgainInItsPlace() {
        recent.write(new TraceWindow(10, List.of()));
        recent.write(new TraceWindow(20, List.of()));
        recent.write(new TraceWindow(30, List.of()));
        TraceWindow again = new TraceWindow(20, List.of(new ModelTrace("m", 1, 0, 0, new TreeMap<>())));
        recent.write(again);
        assertThat(recent.windows()).extracting(TraceWindow::end).containsExactly(10L, 20L, 30L);
        assertThat(recent.windows().get(1)).isEqualTo(again);
    }

    @Test
    void shouldTakeOneThatComesAfterALaterOne() {
        recent.write(new TraceWindow(30, List.of()));
        recent.write(new TraceWindow(10, List.of()));
        assertThat(recent.windows()).extracting(TraceWindow::end).containsExactly(10L, 30L);
    }
}
