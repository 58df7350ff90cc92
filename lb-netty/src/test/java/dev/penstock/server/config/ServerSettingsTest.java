package dev.penstock.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Origin;
import dev.penstock.core.config.Settings.Source;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {

    private static Settings conclude(Map<String, Source> file) {
        return Settings.conclude(ServerSettings.all(), file, Map.of(), Map.of());
    }

    @Test
    void shouldBeToldApartInAFileAndInTheEnvironment() {
        List<Setting<?>> all = ServerSettings.all();

        assertThat(all).extracting(Setting::name).doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z]+([.-][a-z]+)*"));
        assertThat(all).extracting(Setting::variable).doesNotHaveDuplicates();
        assertThat(all).extracting(Setting::description).allMatch(text -> text.matches("(?s)\\S.*\\."));
        assertThat(all).containsAll(LiveSettings.ALL);
    }

    @Test
    void shouldHoldWhenNobodySaysAnything() {
        Settings settings = conclude(Map.of());

        assertThat(settings.entries()).hasSameSizeAs(ServerSettings.all())
                .allMatch(entry -> entry.origin() == Origin.DEFAULT);
        assertThat(settings.get(ServerSettings.PORT)).isEqualTo(8080);
        assertThat(settings.get(ServerSettings.STALL)).isEqualTo(1_000_000_000L);
        assertThat(settings.get(ServerSettings.BODY_BUDGET)).isEqualTo(256L << 20);
        assertThat(settings.get(ServerSettings.TRANSPORT)).isEqualTo(ServerSettings.Transport.AUTO);
    }

    @Test
    void shouldReadEveryKind() {
        Settings settings = conclude(ConfigFile.parse("p.yaml", """
                listen: {host: 127.0.0.1, port: 0}
                io.transport: io-uring
                limits.headers: 8KiB
                shutdown.grace: 250ms
                routing.on-loop: [random, round-robin]
                """).settings());

        assertThat(settings.get(ServerSettings.HOST)).isEqualTo("127.0.0.1");
        assertThat(settings.get(ServerSettings.PORT)).isZero();
        assertThat(settings.get(ServerSettings.TRANSPORT)).isEqualTo(ServerSettings.Transport.IO_URING);
        assertThat(settings.get(ServerSettings.HEADER_LIMIT)).isEqualTo(8192);
        assertThat(settings.get(ShutdownSettings.GRACE)).isEqualTo(250_000_000L);
        assertThat(settings.get(ServerSettings.ON_LOOP)).isEqualTo("random,round-robin");
    }

    @Test
    void shouldNameEveryErrorWithItsLine() {
        Map<String, Source> file = ConfigFile.parse("p.yaml", """
                listen.port: 70000
                io: {transport: kqueue, thread: 2}
                shutdown.grace: soon
                """).settings();

        assertThatThrownBy(() -> conclude(file)).isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("p.yaml:1: listen.port: 70000 (expected: a whole number from 0 to 65535)")
                .hasMessageContaining("p.yaml:2: io.transport: kqueue (expected: one of auto, epoll, io-uring, nio)")
                .hasMessageContaining("p.yaml:2: unknown setting io.thread (did you mean io.threads?)")
                .hasMessageContaining("p.yaml:3: shutdown.grace: soon (");
    }
}
