package dev.penstock.server.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardedHopsTest {
    private static final AddressRanges TRUSTED = AddressRanges.parse("10.0.0.0/8, fd00::/8");

    private static InetAddress address(String text) {
        return Objects.requireNonNull(IpAddress.parse(text));
    }

    private static String text(@Nullable InetAddress hop) {
        return hop == null ? "?" : IpAddress.text(hop);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "1.2.3.4                          | 1.2.3.4",
        "6.6.6.6, 1.2.3.4, 10.0.0.2       | 1.2.3.4",
        "6.6.6.6,1.2.3.4                  | 1.2.3.4",
        "10.0.0.3, 10.0.0.2               | 10.0.0.3",
        "1.2.3.4:5678, 10.0.0.2:1         | 1.2.3.4",
        "[2001:db8::1]:443                | 2001:db8::1",
        "[2001:db8::1]                    | 2001:db8::1",
        "2001:db8::1, fd00::7             | 2001:db8::1",
        "1.2.3.4, unknown                 | 10.0.0.1",
        "1.2.3.4, _hidden, 10.0.0.2       | 10.0.0.2",
        "1.2.3.4, , 10.0.0.2              | 10.0.0.2",
        "1.2.3.4, garbage(x), 10.0.0.2    | 10.0.0.2",
        "1.2.3.4:                         | 10.0.0.1",
        "1.2.3.4:80:80                    | 10.0.0.1",
        "[1.2.3.4]                        | 10.0.0.1",
        "[::1                             | 10.0.0.1",
        "[::1]x                           | 10.0.0.1",
        "fe80::1%eth0                     | 10.0.0.1",
        "localhost                        | 10.0.0.1",
        "::ffff:1.2.3.4                   | 1.2.3.4",
        "::ffff:10.0.0.9                  | 10.0.0.9"})
    void shouldFindTheRightmostHopThatIsNotTrusted(String value, String client) {
        assertThat(text(ForwardedHops.client(address("10.0.0.1"), ForwardedHops.ofForwardedFor(value), TRUSTED)))
                .isEqualTo(client);
        assertThat(text(ForwardedHops.client(address("9.9.9.9"), ForwardedHops.ofForwardedFor(value), TRUSTED)))
                .as("told by somebody who is not trusted").isEqualTo("9.9.9.9");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "for=1.2.3.4                                      | 1.2.3.4",
        "For=1.2.3.4;proto=http;by=10.0.0.1               | 1.2.3.4",
        "proto=http; for=\"1.2.3.4:80\"                   | 1.2.3.4",
        "for=\"[2001:db8::1]:4711\"                       | 2001:db8::1",
        "for=\"[2001:db8::1]\", for=10.0.0.2              | 2001:db8::1 10.0.0.2",
        "for=1.2.3.4;host=\"a,b;for=6.6.6.6\", for=10.1.1.1 | ? 10.1.1.1",
        "for=1.2.3.4;host=\"a\\\",b\", for=10.1.1.1       | 1.2.3.4 10.1.1.1",
        "for=unknown, for=_x, for=\"_x:_y\"               | ? ? ?",
        "proto=http                                       | ?",
        "for=1.2.3.4;for=5.6.7.8                          | ?",
        "for=\"1.2.3.4                                    | ?",
        "1.2.3.4                                          | ?",
        "for=                                             | ?"})
    void shouldReadForwarded(String value, String hops) {
        assertThat(ForwardedHops.ofForwarded(value).stream().map(ForwardedHopsTest::text)
                .collect(Collectors.joining(" "))).isEqualTo(hops);
    }

    @Test
    void shouldBoundWhatItReads() {
        String many = "1.2.3.4, ".repeat(1000) + "10.0.0.2";
        assertThat(ForwardedHops.ofForwardedFor(many)).hasSize(32);
        assertThat(ForwardedHops.ofForwarded("for=1.2.3.4, ".repeat(1000) + "for=10.0.0.2")).hasSize(32)
                .last().isEqualTo(address("10.0.0.2"));
    }
}
