package dev.penstock.bench.traces;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TraceVerdictTest {

    private final TraceTally begun = new TraceTally();
    private final TraceTally ended = new TraceTally();
    private final SortedMap<Long, long[]> found = new TreeMap<>();

    private TraceVerdict verdict(long lostBeginnings, long lostEnds, long failed) {
        return new TraceVerdict(begun, ended, found, lostBeginnings, lostEnds, failed);
    }

    private void requests() {
        begun.add(5_000, 5_100);
        begun.add(9_500, 9_700);
        begun.add(15_000, 15_100);
        ended.add(5_000, 5_100);
    }

    @Test
    void shouldKnowWhichWindowARequestIsInAndWhereItIsNotCertain() {
        requests();
        assertThat(begun.windows().keySet()).containsExactly(10L, 20L);
        assertThat(begun.windows().values()).extracting(TraceTally.Range::least).containsExactly(1L, 1L);
        assertThat(begun.windows().values()).extracting(TraceTally.Range::most).containsExactly(2L, 2L);
        assertThat(begun.all()).isEqualTo(3);
    }

    @Test
    void shouldBeContentWhereEveryRequestIsAccountedFor() {
        requests();
        found.put(10L, new long[] {2, 1});
        found.put(20L, new long[] {1, 0});
        assertThat(verdict(0, 0, 0).unexplained()).isEmpty();
        found.put(10L, new long[] {1, 1});
        found.put(20L, new long[] {2, 0});
        assertThat(verdict(0, 0, 0).unexplained()).as("at the border it may be either").isEmpty();
        found.put(10L, new long[] {0, 1});
        assertThat(verdict(1, 0, 0).unexplained()).as("said to be lost").isEmpty();
    }

    @Test
    void shouldSayWhatIsUnexplained() {
        requests();
        found.put(10L, new long[] {3, 1});
        found.put(20L, new long[] {0, 0});
        assertThat(verdict(0, 0, 0).unexplained()).containsExactly("window 10, begun: 1 to 2, in Redis 3",
                "window 20, begun: 1 to 2, in Redis 0");
        found.clear();
        assertThat(verdict(0, 1, 2).unexplained()).contains("requests begun: 3, in Redis 0, said to be lost 0",
                "2 requests were not answered well");
        StringWriter text = new StringWriter();
        verdict(0, 0, 0).print(new PrintWriter(text));
        assertThat(text.toString()).contains("UNEXPLAINED").contains("1..2");
    }
}
