package dev.penstock.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {

    private static final Trace TRACE = new Trace("t", List.of(), 1);

    @Test
    void shouldCompareTheDefaultWithTheBestOfTheOthersInEachCell() {
        Cell cell = new Cell(TRACE, 0.60, Scenario.PLAIN);
        List<Targets.Target> targets = Targets.of(List.of(row("a", false, cell, 2.0, 11, 0.1, 1.5),
                row("b", false, cell, 2.5, 10, 0.1, 1.0), row("best", true, cell, 1.9, 10.1, 0.17, 1.05)));

        assertThat(targets).extracting(Targets.Target::holds).containsExactly(true, true, true, true);
        assertThat(targets.get(0).text())
                .isEqualTo("t 60%: TTFT mean 0.950 of the best other's, a (wanted: 0.98 or less)");
        assertThat(targets.get(1).text()).contains("TTFT p99 1.010 of the best other's, b (wanted: 1.01 or less)");
    }

    @Test
    void shouldWantMoreTheMoreThereIsToWin() {
        for (double load : new double[] {0.1, 0.6, 0.9, 1.1}) {
            Cell cell = new Cell(TRACE, load, Scenario.PLAIN);
            List<Targets.Target> targets = Targets.of(List.of(row("a", false, cell, 1, 10, 0.1, 1),
                    row("best", true, cell, 0.97, 10, 0.15, 1.2)));
            assertThat(targets.get(0).holds()).as("mean at %s", load).isEqualTo(load < 0.9);
            assertThat(targets.get(1).holds()).as("p99 at %s", load).isEqualTo(load < 1);
            assertThat(targets.get(2).holds()).as("0.75 of the pooled hits").isFalse();
            assertThat(targets.get(3).holds()).as("load 1.2").isFalse();
        }
    }

    @Test
    void shouldWantNothingWhereThereIsNobodyElseOrSomethingIsNotPlain() {
        Cell plain = new Cell(TRACE, 0.6, Scenario.PLAIN);
        Cell late = new Cell(TRACE, 0.6, new Scenario("late", 1, 0, 5));
        assertThat(Targets.of(List.of(row("best", true, plain, 1, 1, 0.2, 1), row("best", true, late, 1, 1, 0.2, 1),
                row("a", false, late, 1, 1, 0.2, 1)))).isEmpty();
    }

    @Test
    void shouldNotCompareWithThoseThatTurnRequestsAway() {
        Cell cell = new Cell(TRACE, 0.90, Scenario.PLAIN);
        Row refusing = row("refusing", false, cell, 1, 1, 0.1, 1, 0.01);
        Row standard = row("best", true, cell, 2, 10, 0.17, 1);
        assertThat(Targets.of(List.of(refusing, standard))).isEmpty();
        assertThat(Targets.of(List.of(refusing, standard, row("a", false, cell, 3, 11, 0.1, 1))))
                .extracting(Targets.Target::text).first().asString().contains("the best other's, a ");
    }

    private static Row row(String name, boolean standard, Cell cell, double mean, double p99, double hits,
            double load) {
        return row(name, standard, cell, mean, p99, hits, load, 0);
    }

    private static Row row(String name, boolean standard, Cell cell, double mean, double p99, double hits,
            double load, double refused) {
        return new Row(name, standard, cell, 1, new Outcome(hits, mean, mean, p99, p99, load, 1, refused), 0.18);
    }
}
