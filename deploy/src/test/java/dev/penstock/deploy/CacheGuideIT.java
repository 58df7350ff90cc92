package dev.penstock.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code docs/cache.md}: its Java is compiled against the distribution's jars without the load balancer, and run. */
@Timeout(120)
final class CacheGuideIT {

    private static final Path PAGE = Path.of("../docs/cache.md");
    private static final Pattern OF_THE_BALANCER = Pattern.compile(
            "(penstock-(netty|bench|routers).*|netty-.*|disruptor.*|picocli.*|prometheus.*)\\.jar");
    private static final Pattern NAME = Pattern.compile("public final class (\\w+)");
    private static final String FLEET = """
            models:
              - name: llama
                endpoints: [10.0.0.1, 10.0.0.2]
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    @Test
    void shouldShowJavaThatCompilesAndDoesWhatItSays() throws Exception {
        List<Path> jars = jars();
        assertThat(jars).anyMatch(jar -> jar.toString().contains("penstock-cache"));
        compile(jars);
        List<URL> urls = new ArrayList<>(List.of(folder.toUri().toURL()));
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        Path models = Files.writeString(folder.resolve("models.yaml"), FLEET);
        try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new),
                ClassLoader.getPlatformClassLoader())) {
            Class<?> controller = loader.loadClass("Controller");
            try (AutoCloseable running = (AutoCloseable) controller.getConstructor(Path.class).newInstance(models)) {
                assertThat(ready(running, "llama")).isEqualTo(2);
                assertThat(ready(running, "other")).isZero();

                Class<?> inventory = loader.loadClass("Inventory");
                Class<?> cacheType = loader.loadClass("dev.penstock.cache.FleetCache");
                Object cache = controller.getMethod("cache").invoke(running);
                assertThat(inventory.getMethod("add", cacheType, String.class, String.class, String.class)
                        .invoke(null, cache, "rack-1", "10.0.0.9", "other")).isEqualTo(true);
                awaitReady(running, "other", 1);
                assertThat(inventory.getMethod("remove", cacheType, String.class).invoke(null, cache, "rack-1"))
                        .isEqualTo(true);
                awaitReady(running, "other", 0);

                Files.writeString(models, FLEET.replace(", 10.0.0.2", ""));
                awaitReady(running, "llama", 1);
            }
        }
    }

    private static int ready(Object controller, String model) throws ReflectiveOperationException {
        return (int) controller.getClass().getMethod("ready", String.class).invoke(controller, model);
    }

    private static void awaitReady(Object controller, String model, int wanted) throws ReflectiveOperationException {
        while (ready(controller, model) != wanted) {
            controller.getClass().getMethod("awaitChange").invoke(controller);
        }
    }

    private void compile(List<Path> jars) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-Xlint:all,-classfile,-path", "-Werror", "-cp",
                jars.stream().map(Path::toString).collect(Collectors.joining(":")), "-d", folder.toString()));
        for (Guide.Block block : Guide.read(PAGE).ofKind("java")) {
            Matcher name = NAME.matcher(block.text());
            assertThat(name.find()).isTrue();
            arguments.add(Files.writeString(folder.resolve(name.group(1) + ".java"), block.text()).toString());
        }
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        assertThat(status).as("status of the compiler").isZero();
    }

    /** All jars that the cache may need. */
    private static List<Path> jars() throws IOException {
        try (Stream<Path> files = Files.list(Distribution.home().resolve("lib"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> !OF_THE_BALANCER.matcher(file.getFileName().toString()).matches()).toList();
        }
    }
}
