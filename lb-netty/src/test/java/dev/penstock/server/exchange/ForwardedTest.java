package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.address.ForwardingRules.Header;
import dev.penstock.server.address.ForwardingRules.Mode;
import dev.penstock.server.address.ForwardingRules.ProxyProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What pods are told of where requests come from, by each of the rules. */
@Timeout(30)
class ForwardedTest {
    private final FakeEngine engine = new FakeEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    private RawConnection.Message atThePod(Mode mode, Header header, String trust, String... headers) {
        ForwardingRules rules = new ForwardingRules(ProxyProtocol.OFF, AddressRanges.NONE, mode, header,
                AddressRanges.parse(trust));
        try (TestProxy proxy = new TestProxy(ProxyContext.Limits.standard(1), rules, engine.port);
                RawConnection client = proxy.connect()) {
            client.send(Http.chat(headers));
            try (RawConnection pod = engine.accept()) {
                RawConnection.Message request = pod.readMessage();
                pod.send(Http.ok("{}"));
                assertThat(client.readMessage().status()).isEqualTo(200);
                return request;
            }
        }
    }

    @Test
    void shouldAppendToWhatATrustedPeerTells() {
        RawConnection.Message request = atThePod(Mode.APPEND, Header.X_FORWARDED_FOR, "127.0.0.1",
                "x-forwarded-for: 6.6.6.6", "X-Forwarded-For: 1.2.3.4", "x-forwarded-proto: https",
                "x-forwarded-host: api.example", "x-forwarded-port: 443", "x-real-ip: 1.2.3.4", "forwarded: for=evil");
        assertThat(request.header("x-forwarded-for")).isEqualTo("6.6.6.6, 1.2.3.4, 127.0.0.1");
        assertThat(request.header("x-forwarded-proto")).isEqualTo("https");
        assertThat(request.header("x-forwarded-host")).isEqualTo("api.example");
        assertThat(request.header("x-forwarded-port")).isEqualTo("443");
        assertThat(request.header("x-real-ip")).isEqualTo("1.2.3.4");
        assertThat(request.head()).doesNotContain("evil");
    }

    @Test
    void shouldFillInWhatATrustedPeerDoesNotTell() {
        RawConnection.Message request = atThePod(Mode.APPEND, Header.X_FORWARDED_FOR, "127.0.0.1");
        assertThat(request.header("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(request.header("x-forwarded-proto")).isEqualTo("http");
        assertThat(request.header("x-forwarded-host")).isEqualTo("test");
    }

    @Test
    void shouldReplaceWhatAStrangerTells() {
        RawConnection.Message request = atThePod(Mode.APPEND, Header.X_FORWARDED_FOR, "10.0.0.0/8",
                "x-forwarded-for: evil", "x-forwarded-proto: evil", "x-forwarded-host: evil", "x-real-ip: evil");
        assertThat(request.head()).doesNotContain("evil");
        assertThat(request.header("x-forwarded-for")).isEqualTo("127.0.0.1");
        assertThat(request.header("x-forwarded-host")).isEqualTo("test");
    }

    @Test
    void shouldReplaceWhatAnybodyTellsWhereThatIsTheRule() {
        RawConnection.Message request = atThePod(Mode.REPLACE, Header.X_FORWARDED_FOR, "127.0.0.1",
                "x-forwarded-for: 1.2.3.4");
        assertThat(request.header("x-forwarded-for")).isEqualTo("127.0.0.1");
    }

    @Test
    void shouldTellNothingWhereThatIsTheRule() {
        RawConnection.Message request = atThePod(Mode.OFF, Header.X_FORWARDED_FOR, "127.0.0.1",
                "x-forwarded-for: 1.2.3.4", "forwarded: for=1.2.3.4", "x-real-ip: 1.2.3.4");
        assertThat(request.head()).doesNotContain("forwarded", "1.2.3.4");
    }

    @Test
    void shouldSpeakForwarded() {
        RawConnection.Message request = atThePod(Mode.APPEND, Header.FORWARDED, "127.0.0.1",
                "forwarded: for=6.6.6.6", "forwarded: for=\"[2001:db8::1]:80\";proto=https", "x-forwarded-for: evil",
                "x-real-ip: evil");
        assertThat(request.header("forwarded")).isEqualTo("for=6.6.6.6, for=\"[2001:db8::1]:80\";proto=https, "
                + "for=127.0.0.1;proto=http;host=\"test\"");
        assertThat(request.head()).doesNotContain("evil", "x-forwarded");
        assertThat(atThePod(Mode.APPEND, Header.FORWARDED, "", "forwarded: for=evil").header("forwarded"))
                .isEqualTo("for=127.0.0.1;proto=http;host=\"test\"");
    }
}
