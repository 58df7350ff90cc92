package dev.penstock.bench.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.KvEventForm;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ToolsMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = ToolsMain.commandLine();
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        return command.execute(arguments);
    }

    @Test
    void shouldTeachHowToUseTheSimulator() {
        assertThat(run("sim", "--help")).isZero();
        assertThat(out.toString()).contains("--port", "--fault", "reset-mid-body", "Examples", "'1% reset-mid-body")
                .doesNotContain("%%", "${");
    }

    @Test
    void shouldSayWhatIsWrongWithAnOption() {
        assertThat(run("sim", "--fault", "banana", "--port", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("fault: banana (expected:");
        assertThat(run("sim", "--instant", "json:1", "--port", "0")).isEqualTo(2);
    }

    @Test
    void shouldReadWordsAsTheyAreDocumented() {
        assertThat(ToolsMain.commandLine().parseArgs("sim", "--kv-events", "map").subcommand().matchedOptionValue(
                "--kv-events", KvEventForm.ARRAY)).isEqualTo(KvEventForm.MAP);
    }

    @Test
    void shouldTeachHowToSoak() {
        assertThat(run("soak", "--help")).isZero();
        assertThat(out.toString()).contains("--minutes", "--requests", "--seed", "Examples").doesNotContain("${");
        assertThat(run("soak", "--minutes", "1", "--requests", "1")).isEqualTo(2);
        assertThat(run("soak", "--engines", "1")).isEqualTo(2);
    }
}
