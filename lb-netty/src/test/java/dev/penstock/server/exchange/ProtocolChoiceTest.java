package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.config.Http2Settings;
import dev.penstock.server.frontend.FrontendInitializer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is spoken on a connection, by the word of TLS and without it, with the client of the JDK. */
@Timeout(60)
class ProtocolChoiceTest {
    private final FakeEngine engine = new FakeEngine();
    private final TestProxy proxy = new TestProxy(engine.port);

    @AfterEach
    void close() {
        proxy.awaitIdle();
        proxy.close();
        engine.close();
    }

    private static HttpResponse<String> models(HttpClient client, String base) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(base + "/v1/models")).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource
    void shouldSpeakWhatTheHandshakeAgreedOn(Version version) throws Exception {
        X509Bundle certificate = new CertificateBuilder().subject("CN=localhost").addSanDnsName("localhost")
                .setIsCertificateAuthority(true).ecp256().buildSelfSigned();
        SSLContext trusting = SSLContext.getInstance("TLS");
        trusting.init(null, certificate.toTrustManagerFactory().getTrustManagers(), null);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).version(version).build()) {
            String base = "https://localhost:" + listen(loops, certificate);
            HttpResponse<String> answer = models(client, base);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(version);
            // On the same connection.
            assertThat(models(client, base).body()).isEqualTo(answer.body());
        } finally {
            proxy.awaitIdle();
            loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
        }
        String spoken = version == Version.HTTP_2 ? "h2" : "http/1.1";
        assertThat(proxy.count("penstock_client_connectionsprotocol/" + spoken)).isEqualTo(1);
    }

    private int listen(EventLoopGroup loops, X509Bundle certificate) throws Exception {
        SslContext context = SslContextBuilder
                .forServer(certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
                .sslProvider(SslProvider.JDK)
                .applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
                        SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, "h2",
                        "http/1.1"))
                .build();
        FrontendInitializer frontend = new FrontendInitializer(proxy.proxy, Http2Settings.STANDARD);
        Channel server = new ServerBootstrap().group(loops).channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(context.newHandler(channel.alloc()), frontend);
                    }
                }).bind(InetAddress.getLoopbackAddress(), 0).syncUninterruptibly().channel();
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Test
    void shouldServeAClientThatWouldUpgradeAsItIs() throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(Version.HTTP_2).build()) {
            HttpResponse<String> answer = models(client, "http://127.0.0.1:" + proxy.address().getPort());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(Version.HTTP_1_1);
        }
    }

    @Test
    void shouldReadThePrefaceHoweverItIsCut() {
        byte[] settings = RawHttp2.frame(RawHttp2.SETTINGS, 0, 0);
        for (int cut = 1; cut < 24; cut++) {
            try (RawConnection connection = proxy.connect()) {
                RawHttp2 client = new RawHttp2(connection, cut, settings);
                client.headers(1, RawHttp2.END_STREAM, ":method", "GET", ":scheme", "http", ":path", "/v1/models",
                        ":authority", "t");
                assertThat(client.answer(1).status()).isEqualTo(200);
            }
        }
    }
}
