package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.tls.TestPki;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** WebSockets of which one side, or each of them, is encrypted. */
@Timeout(60)
@ParameterizedClass(name = "client {0}, pod {1}")
@CsvSource({"true, false", "false, true", "true, true"})
class TlsWebSocketTest {
    @TempDir
    Path folder;

    @Parameter(0)
    boolean secureClient;

    @Parameter(1)
    boolean securePod;

    private ServerSocket engine;
    private WatchedPenstock penstock;
    private GatheringSocket toPenstock;
    private RawConnection client;
    private RawConnection pod;

    @BeforeEach
    void open() throws IOException {
        TestPki pki = new TestPki(folder);
        pki.install("server", pki.issue("localhost"));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        engine = securePod ? pki.context(pki.issue("localhost")).getServerSocketFactory().createServerSocket(0, 8,
                loopback) : new ServerSocket(0, 8, loopback);
        engine.setSoTimeout(15_000);
        penstock = WatchedPenstock.of(pki.file("penstock.yaml",
                (secureClient ? "tls: {certificate: server.pem, key: server.key}\n" : "")
                + "pools: [{name: p" + (securePod ? ", tls: {ca: ca.pem}" : "") + "}]\n"
                + "models: [{name: m, pool: p, endpoints: [\"localhost:" + engine.getLocalPort() + "\"]}]\n"));
        toPenstock = new GatheringSocket(penstock.port());
        client = secureClient ? WatchedPenstock.secure(pki.context(null), toPenstock) : new RawConnection(toPenstock);
        client.send(Handshakes.at(Handshakes.PATH));
        pod = new RawConnection(engine.accept());
        assertThat(pod.readHead()).contains(Handshakes.KEY);
        pod.send(Handshakes.ACCEPTED);
        assertThat(client.readHead()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
        for (int i = 0; i < 3; i++) {
            client.send("ping");
            assertThat(pod.read(4)).isEqualTo("ping");
            pod.send("pong!");
            assertThat(client.read(5)).isEqualTo("pong!");
        }
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        pod.close();
        // Waits until nothing is open any more.
        penstock.close();
        engine.close();
    }

    @Test
    void shouldPassTheLastBytesOfAPodAndItsEnd() throws IOException {
        pod.send("bye");
        pod.close();
        assertThat(client.readToEnd()).isEqualTo("bye");
    }

    @Test
    void shouldPassTheLastBytesOfAClientAndItsEnd() throws IOException {
        client.send("bye");
        client.close();
        assertThat(pod.readToEnd()).isEqualTo("bye");
    }

    @Test
    void shouldPassTheLastBytesOfAClientThatComeTogetherWithItsEnd() throws IOException {
        toPenstock.gather(Integer.MAX_VALUE);
        client.send("bye");
        client.close();
        assertThat(pod.readToEnd()).isEqualTo("bye");
    }

    @Test
    void shouldPassMuchInBothDirections() throws Exception {
        String much = "x".repeat(2_000_000);
        Thread up = Thread.ofPlatform().start(() -> client.send(much));
        Thread down = Thread.ofPlatform().start(() -> pod.send(much));
        Thread reads = Thread.ofPlatform().start(() -> pod.read(much.length()));
        assertThat(client.read(much.length())).isEqualTo(much);
        up.join();
        down.join();
        reads.join();
        client.send("end");
        assertThat(pod.read(3)).isEqualTo("end");
    }
}
