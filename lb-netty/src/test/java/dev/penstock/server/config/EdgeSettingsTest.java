package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.server.address.ForwardingRules;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdgeSettingsTest {
    private static Settings settings(String... namesAndTexts) {
        Map<String, Source> file = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            file.put(namesAndTexts[i], new Source(namesAndTexts[i + 1], "p.yaml:" + (1 + i / 2)));
        }
        return Settings.conclude(EdgeSettings.ALL, file, Map.of(), Map.of());
    }

    @Test
    void shouldBelieveNobodyByDefault() {
        assertThat(EdgeSettings.forwarding(settings())).isEqualTo(ForwardingRules.STANDARD);
        assertThat(settings().get(EdgeSettings.CONNECTIONS)).isEqualTo(EdgeSettings.AUTO);
        assertThat(settings().get(EdgeSettings.CONNECTIONS_PER_ADDRESS)).isZero();
    }

    @Test
    void shouldReadRules() {
        ForwardingRules rules = EdgeSettings.forwarding(settings("proxy-protocol.mode", "required",
                "proxy-protocol.trust", "10.0.0.0/8, ::1", "forwarded.mode", "replace", "forwarded.header", "forwarded",
                "forwarded.trust", "192.168.0.0/16"));
        assertThat(rules.proxyProtocol()).isEqualTo(ForwardingRules.ProxyProtocol.REQUIRED);
        assertThat(rules.proxyTrust()).hasToString("10.0.0.0/8, ::1");
        assertThat(rules.mode()).isEqualTo(ForwardingRules.Mode.REPLACE);
        assertThat(rules.header()).isEqualTo(ForwardingRules.Header.FORWARDED);
        assertThat(rules.trust()).hasToString("192.168.0.0/16");
    }

    @Test
    void shouldRequireSomebodyToSendRequiredHeaders() {
        assertThatThrownBy(() -> EdgeSettings.forwarding(settings("proxy-protocol.mode", "required")))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("proxy-protocol.trust: empty (expected: the addresses of the proxies in front");
    }

    @Test
    void shouldNameEveryErrorWithItsLine() {
        assertThatThrownBy(() -> settings("limits.connections", "many", "limits.headers", "1", "forwarded.trust",
                "10.0.0.1/8", "proxy-protocol.trust", "localhost", "limits.request-line", "2MiB"))
                .hasMessageContaining("p.yaml:1: limits.connections: many (expected: auto, or a whole number from 0")
                .hasMessageContaining("p.yaml:2: limits.headers: 1 (expected: 1024 to 16777216 bytes)")
                .hasMessageContaining("p.yaml:3: forwarded.trust: 10.0.0.1/8 (10.0.0.1/8 has bits behind its prefix)")
                .hasMessageContaining("p.yaml:4: proxy-protocol.trust: localhost (expected: addresses and ranges")
                .hasMessageContaining("p.yaml:5: limits.request-line: 2MiB (expected: 256 to 1048576 bytes)");
    }

    @Test
    void shouldReadNumbersOfConnections() {
        assertThat(settings("limits.connections", "auto").get(EdgeSettings.CONNECTIONS)).isEqualTo(EdgeSettings.AUTO);
        assertThat(settings("limits.connections", "0").get(EdgeSettings.CONNECTIONS)).isZero();
        assertThat(settings("limits.connections", "500").get(EdgeSettings.CONNECTIONS)).isEqualTo(500);
    }
}
