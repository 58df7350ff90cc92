package dev.penstock.bench.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class FleetCommandTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return new CommandLine(new FleetCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err))
                .execute(arguments);
    }

    /** A large fleet and few changes, so that it takes little time: what is copied does not depend on their number. */
    @Test
    void shouldStayWithinItsBoundsForALargeFleet() {
        int status = run("--changes", "60");

        System.out.println(out);
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(out.toString()).contains("5,000 pods, 200 models, 2,000 adapters", "2,400 names", "heap per pod:",
                "yardstick", "rolling restart: 10,000 events", "models that vanished: 0");
    }

    @Test
    void shouldMeasureASmallFleetOfOneShard() {
        assertThat(run("--pods", "20", "--models", "3", "--adapters", "0", "--shards", "1", "--changes", "5"))
                .as(err.toString()).isZero();
        assertThat(out.toString()).contains("20 pods, 3 models, 0 adapters");
    }

    @Test
    void shouldSayWhatIsWrongWithItsNumbers() {
        assertThat(run("--pods", "1", "--models", "2")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("--changes", "0")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString()).contains("as many pods as models", "expected at least 1");
    }
}
