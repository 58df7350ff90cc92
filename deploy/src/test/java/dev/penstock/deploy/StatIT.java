package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.sim.SimFleet;
import dev.penstock.bench.sim.TimeModel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code penstock stat} and a balancer that runs in another process. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT) // waits more than it works
final class StatIT {

    private static final String MODEL = "sim-model";
    /** Decodes a token a second: a stream does not end while a test runs. */
    private static final TimeModel ENDLESS = new TimeModel(1_000_000, 1_000_000_000, 0, 256);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @BeforeAll
    static void needMemoryThatIsAFolder() {
        Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/shm")), "no /dev/shm");
    }

    private static Distribution.Outcome stat(RunningPenstock penstock, String... options) throws Exception {
        return Distribution.launch(Stream.concat(Stream.of("stat", "--pid", Long.toString(penstock.pid()), "--interval",
                "50ms"), Stream.of(options)).toArray(String[]::new));
    }

    @Test
    void shouldShowEachEndpointOfARunningBalancer() throws Exception {
        try (SimFleet fleet = SimFleet.builder().engines(2).model(MODEL).time(ENDLESS).outputTokens(64).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()),
                        "--set", "shutdown.grace=1s")) {
            Iterator<String> stream = penstock.chat(MODEL, true).body().iterator();
            assertThat(stream.next()).startsWith("data: ");

            Distribution.Outcome table = stat(penstock, "--once", "--sort", "in-flight");

            assertThat(table.err()).isEmpty();
            assertThat(table.status()).isZero();
            List<String> lines = table.out().lines().toList();
            assertThat(lines).hasSize(4);
            assertThat(lines.get(0)).startsWith("penstock " + penstock.pid() + ", up ")
                    .contains("2 of 2 endpoints ready, 1 in flight");
            assertThat(lines.get(1)).startsWith("POD ").contains("IN-FLIGHT", "REQ/S", "KV", "AGE");
            assertThat(lines.get(2)).contains(MODEL, " ready ").matches("standalone/.* 1  +0 .*");
            assertThat(lines.get(3)).contains(MODEL, " ready ").matches("standalone/.* 0  +0 .*");
            assertThat(table.out()).as("no control characters in a pipe").doesNotContain("\u001b");

            Distribution.Outcome json = stat(penstock, "--once", "--json", "--model", MODEL);
            assertThat(json.out().lines()).singleElement().asString()
                    .contains("\"pid\":" + penstock.pid(), "\"requests_total\":1", "\"state\":\"ready\"")
                    .contains(fleet.addresses());
            assertThat(stat(penstock, "--once", "--model", "other").out()).contains("no endpoints");
        }
    }

    @Test
    void shouldEndWithWhoReadsIt() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(TimeModel.zero()).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()))) {
            Distribution.Outcome piped = Distribution.run(new ProcessBuilder("sh", "-c",
                    "'" + Distribution.home().resolve("bin/penstock") + "' stat --interval 20ms --pid "
                            + penstock.pid() + " | head -n 1"));

            assertThat(piped.out()).startsWith("penstock " + penstock.pid());
            assertThat(piped.err()).isEmpty();
            assertThat(piped.status()).isZero();
        }
    }

    @Test
    void shouldTellThatTheProcessHasEnded() throws Exception {
        try (SimFleet fleet = SimFleet.builder().model(MODEL).time(TimeModel.zero()).start();
                RunningPenstock penstock = RunningPenstock.serve(
                        RunningPenstock.configuration(directory, MODEL, fleet.addresses()))) {
            Process watching = Distribution.command("stat", "--interval", "20ms", "--pid",
                    Long.toString(penstock.pid())).redirectErrorStream(true).start();
            try (BufferedReader reader = new BufferedReader(
                    new InputStreamReader(watching.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(reader.readLine()).startsWith("penstock " + penstock.pid());
                penstock.terminate();

                assertThat(reader.lines()).last().isEqualTo("penstock: process " + penstock.pid() + " has ended");
                assertThat(watching.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(watching.exitValue()).isEqualTo(1);
            } finally {
                watching.destroyForcibly();
            }
            penstock.awaitEnd();
            try (Stream<Path> left = Files.list(Path.of("/dev/shm"))) {
                assertThat(left).noneMatch(file -> file.getFileName().toString().startsWith("penstock-"
                        + penstock.pid() + "-"));
            }
        }
    }

    @Test
    void shouldSayWhatIsWrongInOneLine() throws Exception {
        assertSays(Distribution.launch("stat", "--pid", "0"), 1, "process 0 shows no figures in /dev/shm");
        assertSays(Distribution.launch("stat", directory + "/none"), 1, directory + "/none does not exist");
        Path other = Files.write(directory.resolve("other"), new byte[8_192]);
        assertSays(Distribution.launch("stat", other.toString()), 1, other + " is no figures file");
        assertSays(Distribution.launch("stat", "--sort", "weight"), 2, "--sort: weight", "in-flight", "stat --help");
        assertSays(Distribution.launch("stat", "--interval", "soon"), 2, "--interval: soon");
        assertSays(Distribution.launch("stat", "--interval", "1ms"), 2, "expected: 10ms or more");
    }

    private static void assertSays(Distribution.Outcome outcome, int status, String... parts) {
        assertThat(outcome.errors()).singleElement().asString().startsWith("penstock: ").contains(parts)
                .doesNotContain("Exception");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.status()).isEqualTo(status);
    }
}
