package dev.penstock.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/embedding.md shows compiles, is short, and does what it says. */
@Timeout(60)
class EmbeddingDocTest {

    private static final Path PAGE = Path.of("..", "docs", "embedding.md");
    private static final int MOST_LINES = 30;
    private static final String CHAT = "{\"model\":\"llama\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private URLClassLoader classes;

    private final TestEngine engine = new TestEngine();

    private static List<String> snippets() throws IOException {
        Matcher matcher = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        List<String> snippets = new ArrayList<>();
        while (matcher.find()) {
            snippets.add(matcher.group(1));
        }
        return snippets;
    }

    @BeforeEach
    void compile() throws IOException {
        List<String> arguments = new ArrayList<>(List.of("-proc:none", "-classpath",
                System.getProperty("java.class.path"), "-d", folder.toString()));
        for (String snippet : snippets()) {
            Matcher name = Pattern.compile("public final class (\\w+)").matcher(snippet);
            assertThat(name.find()).isTrue();
            arguments.add(Files.writeString(folder.resolve(name.group(1) + ".java"), snippet).toString());
        }
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        int status = compiler.run(null, null, errors, arguments.toArray(String[]::new));
        assertThat(status).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        classes = new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader());
    }

    @AfterEach
    void close() throws IOException {
        classes.close();
        engine.close();
    }

    private Penstock start(String example) throws ReflectiveOperationException {
        return (Penstock) classes.loadClass(example).getMethod("start", String.class)
                .invoke(null, "127.0.0.1:" + engine.port());
    }

    private static void assertServes(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(HttpRequest
                    .newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
                    .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(CHAT)).build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("target-pod")).isPresent();
        }
    }

    @Test
    void shouldBeShort() throws IOException {
        assertThat(snippets()).hasSize(2).allSatisfy(snippet -> assertThat(snippet.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("import "))).hasSizeLessThanOrEqualTo(MOST_LINES));
    }

    @Test
    void shouldServeWithARouterOfOnesOwn() throws Exception {
        try (Penstock penstock = start("OwnRouter")) {
            assertServes(penstock.port());
        }
    }

    @Test
    void shouldServeInSomebodyElsesServer() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (Penstock penstock = start("InYourServer")) {
            Channel listener = (Channel) classes.loadClass("InYourServer")
                    .getMethod("listen", Penstock.class, EventLoopGroup.class).invoke(null, penstock, loops);
            assertServes(((InetSocketAddress) listener.localAddress()).getPort());
            listener.close().syncUninterruptibly();
        } finally {
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }
}
