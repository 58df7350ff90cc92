package dev.penstock.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.core.config.LiveSettings.UsageMode;
import dev.penstock.core.config.Settings.Origin;
import dev.penstock.core.config.Settings.Source;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

    private static final Setting<Integer> COUNT = Setting.integer("retry.max", 2, 0, 10, true, "");
    private static final Setting<Long> TIME = Setting.duration("timeouts.first-byte", "5s", true, "");
    private static final List<Setting<?>> KNOWN = List.of(COUNT, TIME);

    private static Map<String, Source> says(String name, String text, String where) {
        return Map.of(name, new Source(text, where));
    }

    @Test
    void shouldPreferFlagToEnvironmentToFileToDefault() {
        Map<String, Source> file = says("retry.max", "3", "penstock.yaml:4");
        Map<String, Source> environment = says("retry.max", "4", "PENSTOCK_RETRY_MAX");
        Map<String, Source> flags = says("retry.max", "5", "--retry-max");
        assertThat(Settings.conclude(KNOWN, Map.of(), Map.of(), Map.of()).get(COUNT)).isEqualTo(2);
        assertThat(Settings.conclude(KNOWN, file, Map.of(), Map.of()).get(COUNT)).isEqualTo(3);
        assertThat(Settings.conclude(KNOWN, file, environment, Map.of()).get(COUNT)).isEqualTo(4);
        assertThat(Settings.conclude(KNOWN, file, environment, flags).get(COUNT)).isEqualTo(5);
    }

    @Test
    void shouldTellWhereAValueCameFrom() {
        Settings settings = Settings.conclude(KNOWN, says("timeouts.first-byte", "2m", "penstock.yaml:7"), Map.of(),
                Map.of());
        assertThat(settings.entries()).extracting(entry -> entry.setting().name())
                .containsExactly("retry.max", "timeouts.first-byte");
        assertThat(settings.entry("timeouts.first-byte")).isEqualTo(new Settings.Entry(TIME, 120_000_000_000L, "2m",
                Origin.FILE, "penstock.yaml:7"));
        assertThat(settings.entry("retry.max")).isEqualTo(new Settings.Entry(COUNT, 2, "2", Origin.DEFAULT, ""));
        assertThat(settings.entry("nothing")).isNull();
    }

    @Test
    void shouldNameAllErrorsAtOnce() {
        InvalidSettingsException thrown = catchThrowableOfType(InvalidSettingsException.class,
                () -> Settings.conclude(KNOWN, says("retry.max", "11", "penstock.yaml:4"),
                        says("timeouts.first-byte", "soon", "PENSTOCK_TIMEOUTS_FIRST_BYTE"),
                        says("retry.mx", "1", "--retry-mx")));
        assertThat(thrown.errors()).containsExactly(
                "penstock.yaml:4: retry.max: 11 (expected: a whole number from 0 to 10)",
                "PENSTOCK_TIMEOUTS_FIRST_BYTE: timeouts.first-byte: soon"
                        + " (expected: a time such as 250ms, 5s, 2m, or off)",
                "--retry-mx: unknown setting retry.mx (did you mean retry.max?)");
        assertThat(thrown).hasMessageContainingAll(thrown.errors().toArray(String[]::new));
    }

    @Test
    void shouldNotGuessWhatIsFarOff() {
        assertThatThrownBy(() -> Settings.conclude(KNOWN, says("colour", "blue", "f:1"), Map.of(), Map.of()))
                .hasMessage("f:1: unknown setting colour");
    }

    @Test
    void shouldRefuseToGiveWhatWasNotConcluded() {
        Settings settings = Settings.conclude(List.of(COUNT), Map.of(), Map.of(), Map.of());
        assertThatThrownBy(() -> settings.get(TIME)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("timeouts.first-byte");
    }

    @Test
    void shouldReadAChoiceByItsWord() {
        Setting<UsageMode> usage = Setting.choice("usage", UsageMode.INJECT, true, "");
        assertThat(usage.defaultText()).isEqualTo("inject");
        assertThat(usage.read().apply(" require ")).isEqualTo(UsageMode.REQUIRE);
        assertThatThrownBy(() -> usage.read().apply("REQUIRE"))
                .hasMessage("expected: one of inject, require, estimate");
    }

    @Test
    void shouldTakeOnlyPathsThatCanStandInARequestLine() {
        assertThat(HealthChecks.PATH.read().apply(" /health?x=1 ")).isEqualTo("/health?x=1");
        assertThat(HealthChecks.PATH.read().apply("")).isEmpty();
        for (String wrong : List.of("health", "/a b", "/a\r\nx: y", "/\u00e9", "/a#b")) {
            assertThatThrownBy(() -> HealthChecks.PATH.read().apply(wrong))
                    .hasMessage("expected: a path such as /health, or nothing");
        }
    }

    @Test
    void shouldNameTheEnvironmentVariable() {
        assertThat(TIME.variable()).isEqualTo("PENSTOCK_TIMEOUTS_FIRST_BYTE");
    }

    @Test
    void shouldGiveLiveSettingsTheirDefaults() {
        LiveSettings live = LiveSettings.from(Settings.conclude(LiveSettings.ALL, Map.of(), Map.of(), Map.of()));
        assertThat(live).isEqualTo(new LiveSettings("predicted-ttft", 5_000_000_000L, 60_000_000_000L, UsageMode.INJECT,
                new Timeouts(2_000_000_000L, 300_000_000_000L, 0, 60_000_000_000L, 0, 10_000_000_000L,
                        30_000_000_000L, 600_000_000_000L, 600_000_000_000L, 60_000_000_000L),
                new Retries(2, 10), new RequestLimits(64L << 20, 240, 5_000_000_000L),
                new HealthSettings(5, 10_000_000_000L, 300_000_000_000L, 50, 1_000_000_000L, 30_000_000_000L,
                        new HealthChecks("", 5_000_000_000L, 2_000_000_000L, 2, 3)), TraceSteps.ALL_ON,
                ShadowSettings.OFF));
    }

    @Test
    void shouldPutEachLiveSettingIntoItsOwnPlace() {
        Map<String, Source> file = new HashMap<>();
        int next = 1;
        for (Setting<?> setting : LiveSettings.ALL) {
            if (setting.defaultText().matches("\\d+[sm]|off")) {
                file.put(setting.name(), new Source(next++ + "ns", "f"));
            }
        }
        LiveSettings live = LiveSettings.from(Settings.conclude(LiveSettings.ALL, file, Map.of(), Map.of()));
        assertThat(live.routingDeadlineNanos()).isEqualTo(1);
        assertThat(live.queueDeadlineNanos()).isEqualTo(2);
        assertThat(live.timeouts()).isEqualTo(new Timeouts(3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
        assertThat(live.limits().bodyRateGraceNanos()).isEqualTo(13);
    }

    @Test
    void shouldGiveEachSettingANameAndVariableOfItsOwn() {
        assertThat(LiveSettings.ALL).extracting(Setting::variable).doesNotHaveDuplicates();
        assertThat(LiveSettings.ALL).allSatisfy(setting -> {
            assertThat(setting.name()).matches("[a-z][a-z.-]*");
            assertThat(setting.description()).endsWith(".").hasSizeLessThan(120);
        });
    }
}
