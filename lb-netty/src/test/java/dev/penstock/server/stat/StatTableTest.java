package dev.penstock.server.stat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.spi.Gauge;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatTableTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int ALL = Integer.MAX_VALUE;

    private static EndpointSample endpoint(int slot, String pod, EndpointSample.State state, int inFlight, long begun,
            Map<Gauge, EndpointSample.Reported> gauges) {
        return new EndpointSample(new EndpointSample.Identity(slot, 1, "ns", pod, "10.0.0." + slot + ":8000",
                "u-" + slot, List.of("llama-3-8b"), 1 + slot),
                state, 5 * SECOND, 90 * SECOND, inFlight, slot, 1_000L * slot, begun, gauges);
    }

    private static Map<Gauge, EndpointSample.Reported> gauges(double kv, double waiting, long age, boolean fresh) {
        return Map.of(Gauge.KV_CACHE_USAGE, new EndpointSample.Reported(kv, age, fresh),
                Gauge.WAITING, new EndpointSample.Reported(waiting, age, fresh));
    }

    private static FleetSample sample(long nanos, EndpointSample... endpoints) {
        return new FleetSample(4711, 3 * 3_600 * SECOND, nanos, List.of(endpoints));
    }

    private static FleetSample before() {
        return sample(0, endpoint(0, "a", EndpointSample.State.READY, 1, 10, Map.of()),
                endpoint(1, "b", EndpointSample.State.READY, 1, 100, Map.of()));
    }

    private static FleetSample now() {
        return sample(2 * SECOND,
                endpoint(0, "a", EndpointSample.State.READY, 3, 15, gauges(0.455, 2, SECOND / 2, true)),
                endpoint(1, "b", EndpointSample.State.EJECTED, 7, 101, gauges(0.9, 9, 20 * SECOND, false)),
                endpoint(2, "c", EndpointSample.State.NOT_READY, 0, 5, Map.of()));
    }

    private static List<StatRow> rows(StatRow.Order order) {
        return StatRow.of(before(), now(), "", order);
    }

    @Test
    void shouldShowOneLineForEachEndpoint() {
        List<String> lines = StatTable.render(now(), rows(StatRow.Order.NAME), ALL, ALL);

        assertThat(lines).containsExactly(
                "penstock 4711, up 3h: 1 of 3 endpoints ready, 10 in flight and 3 from others, 3.0 requests/s",
                "POD   ADDRESS        MODEL          STATE      SINCE  IN-FLIGHT  OTHERS  TOKENS  REQ/S  RUN  WAIT   KV"
                        + "   AGE",
                "ns/a  10.0.0.0:8000  llama-3-8b     ready       5.0s          3       0       0    2.5    -     2  46%"
                        + "  0.5s",
                "ns/b  10.0.0.1:8000  llama-3-8b +1  ejected     5.0s          7       1    1000    0.5    -     -    -"
                        + "   20s",
                "ns/c  10.0.0.2:8000  llama-3-8b +2  not-ready   5.0s          0       2    2000      -    -     -    -"
                        + "     -");
    }

    @Test
    void shouldFitAnyTerminal() {
        for (int width = 1; width < 130; width++) {
            for (int height = 1; height < 8; height++) {
                int widest = width;
                List<String> lines = StatTable.render(now(), rows(StatRow.Order.NAME), width, height);
                assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(widest));
                assertThat(lines).hasSizeLessThanOrEqualTo(Math.max(height, 3));
            }
        }
        assertThat(StatTable.render(now(), rows(StatRow.Order.NAME), 60, 4))
                .containsExactly("penstock 4711, up 3h: 1 of 3 endpoints ready, 10 in flight ~",
                        "POD   STATE  IN-FLIGHT  TOKENS  REQ/S  RUN  WAIT   KV   AGE",
                        "ns/a  ready          3       0    2.5    -     2  46%  0.5s",
                        "... 2 more; --sort and --model choose");
    }

    @Test
    void shouldSortByWhatIsAsked() {
        assertThat(order(StatRow.Order.NAME)).isEqualTo("abc");
        assertThat(order(StatRow.Order.IN_FLIGHT)).isEqualTo("bac");
        assertThat(order(StatRow.Order.TOKENS)).isEqualTo("cba");
        assertThat(order(StatRow.Order.RATE)).isEqualTo("abc");
        assertThat(order(StatRow.Order.KV)).as("a stale figure is a missing one").isEqualTo("abc");
        assertThat(order(StatRow.Order.WAITING)).isEqualTo("abc");
        assertThat(order(StatRow.Order.AGE)).isEqualTo("bac");
        assertThat(order(StatRow.Order.STATE)).isEqualTo("bca");
    }

    private static String order(StatRow.Order order) {
        StringBuilder pods = new StringBuilder();
        rows(order).forEach(row -> pods.append(row.endpoint().identity().pod()));
        return pods.toString();
    }

    @Test
    void shouldTakeTheModelThatIsAskedFor() {
        assertThat(StatRow.of(before(), now(), "llama-3-8b", StatRow.Order.NAME)).hasSize(3);
        List<StatRow> none = StatRow.of(before(), now(), "other", StatRow.Order.NAME);
        assertThat(StatTable.render(now(), none, ALL, ALL)).last().isEqualTo("no endpoints");
    }

    @Test
    void shouldNotLetNamesSteerTheTerminal() {
        FleetSample odd = sample(SECOND, endpoint(0, "\u001b[2Jx", EndpointSample.State.READY, 0, 0, Map.of()));

        assertThat(StatTable.render(odd, StatRow.of(odd, odd, "", StatRow.Order.NAME), ALL, ALL))
                .anyMatch(line -> line.startsWith("ns/?[2Jx")).noneMatch(line -> line.contains("\u001b"));
    }

    @Test
    void shouldTellAllAsJson() throws IOException {
        JsonNode json = new ObjectMapper().readTree(StatJson.render(now(), rows(StatRow.Order.NAME)));

        assertThat(json.path("pid").asLong()).isEqualTo(4711);
        JsonNode first = json.path("endpoints").path(0);
        assertThat(first.path("pod").asText()).isEqualTo("ns/a");
        assertThat(first.path("state").asText()).isEqualTo("ready");
        assertThat(first.path("requests_per_second").asDouble()).isEqualTo(2.5);
        assertThat(first.path("gauges").path("kv_cache_usage_perc").path("value").asDouble()).isEqualTo(0.455);
        assertThat(first.path("gauges").path("kv_cache_usage_perc").path("age_seconds").asDouble()).isEqualTo(0.5);
        JsonNode second = json.path("endpoints").path(1);
        assertThat(second.path("gauges").path("num_requests_waiting").path("fresh").asBoolean(true)).isFalse();
        assertThat(json.path("endpoints").path(2).path("requests_per_second").isNull()).isTrue();
    }

    // ---- one after the other

    private static final class Scripted implements FigureSource {
        private int samples;

        @Override
        public long pid() {
            return 4711;
        }

        @Override
        public List<Long> others() {
            return List.of();
        }

        @Override
        public FleetSample sample() throws IOException {
            samples++;
            if (samples > 3) {
                throw new IOException("process 4711 has ended");
            }
            return samples == 1 ? before() : now();
        }

        @Override
        public void close() {}
    }

    private static void show(FigureSource source, Writer out, boolean json, Terminal.@Nullable Size terminal,
            boolean once) throws Exception {
        List<Long> pauses = new ArrayList<>();
        StatView.Style style = new StatView.Style(json, StatRow.Order.NAME, "", 7);
        try {
            new StatView(source, style, new PrintWriter(out), () -> terminal, pauses::add).show(once);
        } finally {
            assertThat(pauses).isNotEmpty().containsOnly(7L);
        }
    }

    @Test
    void shouldWriteNoControlCharactersIntoAPipe() throws Exception {
        StringWriter out = new StringWriter();
        try {
            show(new Scripted(), out, false, null, false);
        } catch (IOException e) {
            assertThat(e).hasMessage("process 4711 has ended");
        }

        assertThat(out.toString()).doesNotContain("\u001b");
        assertThat(out.toString().lines().filter(line -> line.startsWith("penstock 4711"))).hasSize(2);
        assertThat(out.toString().lines().filter(String::isEmpty)).hasSize(1);
    }

    @Test
    void shouldKeepItsPlaceOnATerminal() throws Exception {
        StringWriter out = new StringWriter();
        try {
            show(new Scripted(), out, false, new Terminal.Size(60, 5), false);
        } catch (IOException e) {
            assertThat(e).hasMessage("process 4711 has ended");
        }

        assertThat(out.toString()).startsWith("\u001b[Hpenstock 4711").endsWith("\n\u001b[J");
        assertThat(out.toString().lines().filter(line -> line.contains("POD"))).hasSize(2)
                .allMatch(line -> line.endsWith("\u001b[K"));
    }

    @Test
    void shouldShowOneSampleAndEnd() throws Exception {
        StringWriter out = new StringWriter();

        show(new Scripted(), out, true, null, true);

        assertThat(out.toString().lines()).singleElement().asString().startsWith("{\"pid\":4711,");
    }

    @Test
    void shouldEndWhenNobodyReadsAnyMore() throws Exception {
        Writer closed = new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Scripted source = new Scripted();

        show(source, closed, false, null, false);

        assertThat(source.samples).isEqualTo(2);
    }
}
