package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Origin;
import dev.penstock.core.config.Settings.Source;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

    private static Map<String, Source> read(Map<String, String> variables) {
        return Environment.read(variables, ServerSettings.all());
    }

    @Test
    void shouldReadTheVariableOfASetting() {
        assertThat(read(Map.of("PENSTOCK_LISTEN_PORT", "81", "PENSTOCK_MEMORY_BODY_BUDGET", "1GiB", "PATH", "/bin",
                "penstock_listen_host", "x"))).isEqualTo(Map.of(
                        "listen.port", new Source("81", "environment PENSTOCK_LISTEN_PORT"),
                        "memory.body-budget", new Source("1GiB", "environment PENSTOCK_MEMORY_BODY_BUDGET")));
    }

    @Test
    void shouldLeaveTheLauncherItsOwn() {
        assertThat(read(Map.of("PENSTOCK_JAVA_HOME", "/j", "PENSTOCK_JAVA_OPTS", "-Xmx1g", "PENSTOCK_HOME", "/h")))
                .isEmpty();
    }

    @Test
    void shouldReportAVariableThatBelongsToNoSetting() {
        assertThatThrownBy(() -> Settings.conclude(ServerSettings.all(), Map.of(),
                read(Map.of("PENSTOCK_LISTEN_PROT", "81")), Map.of()))
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessage("environment PENSTOCK_LISTEN_PROT: unknown setting PENSTOCK_LISTEN_PROT"
                        + " (did you mean PENSTOCK_LISTEN_PORT?)");
    }

    // The names are those that a service called penstock, penstock-admin or penstock-2 gives to every pod beside it.
    @ParameterizedTest
    @CsvSource({"PENSTOCK_SERVICE_HOST, 10.0.0.1", "PENSTOCK_SERVICE_PORT, 80", "PENSTOCK_SERVICE_PORT_HTTP, 80",
        "PENSTOCK_PORT, tcp://10.0.0.1:80", "PENSTOCK_PORT_80_TCP, tcp://10.0.0.1:80",
        "PENSTOCK_PORT_80_TCP_PROTO, tcp", "PENSTOCK_PORT_80_TCP_PORT, 80", "PENSTOCK_PORT_80_TCP_ADDR, 10.0.0.1",
        "PENSTOCK_ADMIN_SERVICE_HOST, 10.0.0.2", "PENSTOCK_ADMIN_PORT, tcp://10.0.0.2:9090",
        "PENSTOCK_ADMIN_PORT_9090_TCP_ADDR, 10.0.0.2", "PENSTOCK_2_SERVICE_PORT_HTTP_ADMIN, 80",
        "PENSTOCK_DNS_PORT_53_UDP, udp://10.0.0.3:53"})
    void shouldPassOverWhatKubernetesTellsOfServices(String variable, String value) {
        assertThat(read(Map.of(variable, value))).isEmpty();
    }

    @Test
    void shouldReadAPortAllTheSame() {
        assertThat(read(Map.of("PENSTOCK_ADMIN_PORT", "9091"))).containsOnlyKeys("admin.port");
        assertThat(read(Map.of("PENSTOCK_ADMIN_PORT", "tcp"))).containsOnlyKeys("admin.port");
    }

    @Test
    void shouldWinOverTheFileAndLoseToAFlag() {
        Map<String, Source> file = ConfigFile.parse("p.yaml", "listen.port: 1\nadmin.port: 1\n").settings();
        Settings settings = Settings.conclude(ServerSettings.all(), file,
                read(Map.of("PENSTOCK_LISTEN_PORT", "2", "PENSTOCK_ADMIN_PORT", "2")),
                Map.of("admin.port", new Source("3", "--admin-port")));

        assertThat(settings.get(ServerSettings.PORT)).isEqualTo(2);
        assertThat(settings.get(ServerSettings.ADMIN_PORT)).isEqualTo(3);
        assertThat(settings.entry("listen.port")).isNotNull()
                .returns(Origin.ENVIRONMENT, Settings.Entry::origin)
                .returns("environment PENSTOCK_LISTEN_PORT", Settings.Entry::where);
    }
}
