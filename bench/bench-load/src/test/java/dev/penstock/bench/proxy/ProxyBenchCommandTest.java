package dev.penstock.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class ProxyBenchCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldExplainItself() {
        assertThat(run("proxy", "--help")).isZero();
        assertThat(out.toString()).contains("--quick", "--json", "--alloc", "--penstock-opts", "docs/benchmarks.md");
    }

    @Test
    void shouldSayWhichCasesThereAre() {
        assertThat(run("proxy", "--cases", "json-2k")).isEqualTo(1);
        assertThat(err.toString()).isEqualTo("bench: no case 'json-2k'; there are json-1k, json-16k, sse, tls,"
                + " tls-handshake, h2, h2-sse, prompt-240k, engines-200, latency\n");
    }

    @Test
    void shouldRefuseNumbersBelowOne() {
        assertThat(run("proxy", "--connections", "0")).isEqualTo(1);
        assertThat(err.toString()).contains("--connections wants a number above 0, not 0");
    }

    @Test
    void shouldListBenchmarksWhenNoneIsNamed() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("proxy");
    }

    private int run(String... arguments) {
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
