package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.address.ForwardingRules.Header;
import dev.penstock.server.address.ForwardingRules.Mode;
import dev.penstock.server.address.ForwardingRules.ProxyProtocol;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As many connections as there may be, and one more. */
@Timeout(30)
class ConnectionLimitTest {
    private static final String REFUSED = "penstock_client_connections_refusedreason/";

    private final FakeEngine engine = new FakeEngine();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        engine.close();
    }

    private TestProxy proxy(int connections, int perAddress, ForwardingRules rules) {
        ProxyContext.Limits limits = new ProxyContext.Limits(8192, 65_536, 256, connections, perAddress, 1);
        TestProxy proxy = new TestProxy(limits, rules, engine.port);
        open.add(proxy);
        return proxy;
    }

    /** A connection that has been served, so that it is known to be counted. */
    private RawConnection served(TestProxy proxy, String before) {
        RawConnection client = proxy.connect();
        open.addFirst(client);
        assertThat(client.send(before + Http.get("/v1/models")).readMessage().status()).isEqualTo(200);
        return client;
    }

    private static void refused(TestProxy proxy, String before) {
        try (RawConnection client = proxy.connect()) {
            RawConnection.Message answer = client.send(before + Http.get("/v1/models")).readMessage();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("retry-after")).isEqualTo("1");
            assertThat(answer.header("connection")).isEqualTo("close");
            assertThat(answer.body()).contains("\"code\":\"too_many_connections\"", "overloaded_error");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void shouldTellTheNewestThatThereAreTooManyAndServeTheOthers() {
        TestProxy proxy = proxy(2, 0, ForwardingRules.STANDARD);
        RawConnection first = served(proxy, "");
        RawConnection second = served(proxy, "");
        refused(proxy, "");
        refused(proxy, "");
        assertThat(first.send(Http.get("/v1/models")).readMessage().status()).isEqualTo(200);
        assertThat(proxy.count(REFUSED + "limit")).isEqualTo(2);
        assertThat(proxy.count("penstock_errorserror/too_many_connections")).isEqualTo(2);
        second.close();
        TestProxy.await("counted down", () -> proxy.proxy.gate().open() == 1);
        served(proxy, "");
    }

    @Test
    void shouldCloseWithoutAWordWhatIsNoRequestOfHttp1() {
        TestProxy proxy = proxy(1, 0, ForwardingRules.STANDARD);
        served(proxy, "");
        for (String hello : List.of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u0002", "\r\n")) {
            try (RawConnection client = proxy.connect()) {
                assertThat(client.send(hello).readToEnd()).isIn("", "<reset>");
            }
        }
    }

    @Test
    void shouldTellOnlySoManyAtOneTimeAndForgetNone() {
        TestProxy proxy = proxy(1, 0, ForwardingRules.STANDARD);
        served(proxy, "");
        List<RawConnection> waiting = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            waiting.add(proxy.connect());
        }
        TestProxy.await("all refused", () -> proxy.count(REFUSED + "limit") == 64);
        try (RawConnection client = proxy.connect()) {
            assertThat(client.readToEnd()).isIn("", "<reset>");
        }
        waiting.forEach(RawConnection::close);
        TestProxy.await("told again", () -> {
            boolean free = proxy.proxy.gate().mayTell();
            if (free) {
                proxy.proxy.gate().told();
            }
            return free;
        });
        refused(proxy, "");
    }

    @Test
    void shouldCountByAddress() {
        TestProxy proxy = proxy(0, 2, ForwardingRules.STANDARD);
        served(proxy, "");
        RawConnection second = served(proxy, "");
        refused(proxy, "");
        assertThat(proxy.count(REFUSED + "address")).isEqualTo(1);
        second.close();
        TestProxy.await("counted down", () -> proxy.proxy.gate().open() == 1);
        served(proxy, "");
    }

    @Test
    void shouldCountByTheAddressOfThePROXYHeader() {
        AddressRanges loopback = AddressRanges.parse("127.0.0.0/8");
        TestProxy proxy = proxy(0, 1, new ForwardingRules(ProxyProtocol.REQUIRED, loopback, Mode.APPEND,
                Header.X_FORWARDED_FOR, AddressRanges.NONE));
        served(proxy, "PROXY TCP4 1.2.3.4 5.6.7.8 1111 80\r\n");
        served(proxy, "PROXY TCP4 1.2.3.5 5.6.7.8 1111 80\r\n");
        refused(proxy, "PROXY TCP4 1.2.3.4 5.6.7.8 2222 80\r\n");
        served(proxy, "PROXY TCP6 2001:db8::1 ::1 1111 80\r\n");
        refused(proxy, "PROXY TCP6 2001:db8::ffff:2 ::1 1111 80\r\n");
    }

    @Test
    void shouldNotCountTrustedProxiesByAddress() {
        TestProxy proxy = proxy(0, 1, new ForwardingRules(ProxyProtocol.OFF, AddressRanges.NONE, Mode.APPEND,
                Header.X_FORWARDED_FOR, AddressRanges.parse("127.0.0.1")));
        served(proxy, "");
        served(proxy, "");
        served(proxy, "");
    }
}
