package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/plugins.md}, followed to the letter: its steps are run, its Java is compiled against the SDK and run. */
@Timeout(180)
final class PluginGuideIT {

    private static final Path PAGE = Path.of("../docs/plugins.md");

    @TempDir
    Path folder;

    @Test
    void shouldTakeAReaderFromNothingToARequestThatHisJarRouted() throws Exception {
        Path home = Distribution.unzip(folder.resolve("unzipped"));
        Files.move(home, folder.resolve("penstock"));
        List<String> printed = new ArrayList<>();
        try (GuideShell shell = new GuideShell(folder)) {
            for (Guide.Block block : Guide.read(PAGE).ofKind("sh run")) {
                if (block.kind().endsWith("background")) {
                    shell.start(block);
                    continue;
                }
                if (block.text().contains("curl")) {
                    awaitReady(shell.port("9090"));
                }
                Distribution.Outcome outcome = shell.run(block);
                assertThat(outcome.status()).as("%s%n%s%n%s", block.text(), outcome.out(), outcome.err()).isZero();
                printed.add(outcome.out());
            }

            assertThat(printed.getFirst()).contains("made ", "cd my-router && mvn package", "plugins/");
            assertThat(printed.get(1)).startsWith("good: my-router.jar 1.0: strategy my-router");
            assertThat(printed.getLast()).contains("HTTP/1.1 200")
                    .contains("target-pod: big", "target-pod-ip: 127.0.0.1:" + shell.port("8001"))
                    .contains("\"my-router.jar\"", "\"my-router.jar 1.0\"").doesNotContain("\"failed\"");
        }
    }

    // A reader is not as fast.
    private static void awaitReady(String adminPort) throws Exception {
        HttpRequest ready = HttpRequest.newBuilder(URI.create("http://localhost:" + adminPort + "/readyz")).build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void shouldShowJavaThatCompilesAndDoesWhatItSays() throws Exception {
        List<Path> sdk = jars(Distribution.home().resolve("sdk"));
        String snippets = Guide.read(PAGE).ofKind("java").stream().map(Guide.Block::text)
                .collect(Collectors.joining("\n"));
        Path source = Files.writeString(folder.resolve("Snippets.java"), """
                import dev.penstock.spi.*;
                import dev.penstock.testkit.*;
                import java.time.Duration;
                import java.util.ArrayDeque;

                public class Snippets implements Runnable {

                    public void run() {
                        shouldQueueWhatDoesNotFit(new RouterProvider() {
                            public String name() {
                                return "queueing";
                            }

                            public Router create(RouterEnvironment environment) {
                                return new Queueing();
                            }
                        });
                        TestShard shard = TestShard.of(new ShortPromptsProvider());
                        shard.fleet().add("a", "b").group("a", "small");
                        assert "a".equals(shard.route("short-prompts").pod());
                        shard.fleet().remove("a");
                        assert "no_such_group".equals(shard.route("short-prompts").fallbackReason());
                        assert new LeastWaiting().polarity() == Scorer.Polarity.LEAST;
                    }

                %s
                }
                """.formatted(snippets));

        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-Xlint:all,-classfile",
                "-Werror", "-cp", sdk.stream().map(Path::toString).collect(Collectors.joining(":")),
                "-d", folder.toString(), source.toString());
        assertThat(status).as("status of the compiler").isZero();

        List<URL> urls = new ArrayList<>(List.of(folder.toUri().toURL()));
        for (Path jar : sdk) {
            urls.add(jar.toUri().toURL());
        }
        try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new),
                ClassLoader.getPlatformClassLoader())) {
            loader.setDefaultAssertionStatus(true);
            ((Runnable) loader.loadClass("Snippets").getConstructor().newInstance()).run();
        }
    }

    // The two jars with classes, not their sources.
    private static List<Path> jars(Path repository) throws IOException {
        try (Stream<Path> files = Files.walk(repository)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> !file.toString().matches(".*-(sources|javadoc)\\.jar")).toList();
        }
    }
}
