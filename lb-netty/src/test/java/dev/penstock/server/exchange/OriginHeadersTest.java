package dev.penstock.server.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.server.address.AddressRanges;
import dev.penstock.server.address.ForwardingRules;
import dev.penstock.server.address.ForwardingRules.Header;
import dev.penstock.server.address.ForwardingRules.Mode;
import dev.penstock.server.address.ForwardingRules.ProxyProtocol;
import dev.penstock.server.address.IpAddress;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The address that a request is counted and logged under. */
class OriginHeadersTest {

    /** Headers, name and value in turn. */
    private record Head(List<String> told) implements RequestHead {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String target() {
            return "/";
        }

        @Override
        public @Nullable String header(AsciiString name) {
            for (int i = 0; i < told.size(); i += 2) {
                if (name.contentEqualsIgnoreCase(told.get(i))) {
                    return told.get(i + 1);
                }
            }
            return null;
        }

        @Override
        public long bodyLength() {
            return 0;
        }

        @Override
        public void headers(HeaderSink sink) {
            for (int i = 0; i < told.size(); i += 2) {
                sink.header(told.get(i), told.get(i + 1));
            }
        }
    }

    private static String client(Mode mode, Header header, String peer, String... headers) {
        ForwardingRules rules = new ForwardingRules(ProxyProtocol.OFF, AddressRanges.NONE, mode, header,
                AddressRanges.parse("10.0.0.0/8"));
        Peer from = new Peer(new InetSocketAddress(Objects.requireNonNull(IpAddress.parse(peer)), 1), false);
        InetAddress client = OriginHeaders.client(new Head(List.of(headers)), from, rules);
        return client == null ? "" : IpAddress.text(client);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBelieveATrustedPeerWhateverPodsAreTold(Mode mode) {
        assertThat(client(mode, Header.X_FORWARDED_FOR, "10.0.0.1", "x-forwarded-for", "6.6.6.6", "X-Forwarded-For",
                "1.2.3.4, 10.0.0.2")).isEqualTo("1.2.3.4");
        assertThat(client(mode, Header.FORWARDED, "10.0.0.1", "Forwarded", "for=6.6.6.6", "forwarded",
                "for=\"[2001:db8::1]:7\", for=10.9.9.9")).isEqualTo("2001:db8::1");
    }

    @Test
    void shouldNotBelieveAStrangerNorTheOtherHeader() {
        assertThat(client(Mode.APPEND, Header.X_FORWARDED_FOR, "9.9.9.9", "x-forwarded-for", "1.2.3.4"))
                .isEqualTo("9.9.9.9");
        assertThat(client(Mode.APPEND, Header.X_FORWARDED_FOR, "10.0.0.1", "forwarded", "for=1.2.3.4"))
                .isEqualTo("10.0.0.1");
        assertThat(client(Mode.APPEND, Header.FORWARDED, "10.0.0.1", "x-forwarded-for", "1.2.3.4"))
                .isEqualTo("10.0.0.1");
        assertThat(client(Mode.APPEND, Header.X_FORWARDED_FOR, "10.0.0.1")).isEqualTo("10.0.0.1");
    }

    @Test
    void shouldTakeAnIpv4AddressInIpv6ForWhatItIs() {
        assertThat(client(Mode.APPEND, Header.X_FORWARDED_FOR, "::ffff:10.0.0.1", "x-forwarded-for", "::ffff:1.2.3.4"))
                .isEqualTo("1.2.3.4");
    }

    @Test
    void shouldDoWithoutAddresses() {
        Peer nobody = new Peer(null, false);
        Head told = new Head(List.of("x-forwarded-for", "1.2.3.4"));
        assertThat(OriginHeaders.client(told, nobody, ForwardingRules.STANDARD))
                .isNull();
        assertThat(nobody.host().toString()).isEqualTo("unknown");
    }
}
