package dev.penstock.server.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "10.0.0.0/8               | 10.255.255.255   | true",
        "10.0.0.0/8               | 11.0.0.0         | false",
        "10.1.2.0/23              | 10.1.3.255       | true",
        "10.1.2.0/23              | 10.1.4.0         | false",
        "192.168.1.7              | 192.168.1.7      | true",
        "192.168.1.7              | 192.168.1.8      | false",
        "0.0.0.0/0                | 255.1.2.3        | true",
        "0.0.0.0/0                | ::1              | false",
        "::/0                     | fe80::1          | true",
        "::/0                     | 1.2.3.4          | false",
        "fd00::/8                 | fdff::1          | true",
        "fd00::/8                 | fe00::1          | false",
        "2001:db8::/33            | 2001:db8:7fff::  | true",
        "2001:db8::/33            | 2001:db8:8000::  | false",
        "10.0.0.0/8               | ::ffff:10.1.2.3  | true",
        "::ffff:10.0.0.1          | 10.0.0.1         | true",
        "1.2.3.4, ::1 ,10.0.0.0/8 | 10.0.0.1         | true",
        "1.2.3.4, ::1 ,10.0.0.0/8 | ::1              | true",
        "1.2.3.4, ::1 ,10.0.0.0/8 | 1.2.3.5          | false"})
    void shouldTellWhatIsInside(String ranges, String address, boolean inside) {
        assertThat(AddressRanges.parse(ranges).contains(Objects.requireNonNull(IpAddress.parse(address))))
                .isEqualTo(inside);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/", "10.0.0/8", "::/129", "[::1]",
        "fe80::1%eth0", "localhost", "1.2.3.4,", ",", "1.2.3.4:80", "10.0.0.0/8 11.0.0.0/8", "256.1.1.1"})
    void shouldRefuseWhatIsNoRange(String text) {
        assertThatThrownBy(() -> AddressRanges.parse(text)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("expected: addresses and ranges");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1/8", "2001:db8::1/64", "128.0.0.0/0"})
    void shouldRefuseBitsBehindThePrefix(String text) {
        assertThatThrownBy(() -> AddressRanges.parse(text)).hasMessage(text + " has bits behind its prefix");
    }

    @Test
    void shouldBeEmptyByDefault() throws UnknownHostException {
        assertThat(AddressRanges.parse(" ").isEmpty()).isTrue();
        assertThat(AddressRanges.NONE.contains(InetAddress.getByAddress(new byte[4]))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1.2.3.4,1.2.3.4", "::ffff:1.2.3.4,1.2.3.4", "2001:DB8:0:0:0:0:0:1,2001:db8::1", "::,::"})
    void shouldWriteAnAddressInItsShortForm(String text, String written) {
        assertThat(IpAddress.text(Objects.requireNonNull(IpAddress.parse(text)))).isEqualTo(written);
    }
}
