package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;

/**
 * The settings of the access log. All static.
 *
 * @param target {@value #OFF}, {@value #STDOUT}, or the path of a file
 * @param samplePercent how many of the unremarkable requests have a line, in percent
 * @param queue lines that may wait to be written
 */
public record AccessLogSettings(String target, int samplePercent, int queue) {

    /** Target that writes nothing. */
    public static final String OFF = "off";
    /** Target for containers. */
    public static final String STDOUT = "stdout";

    /** Target. */
    public static final Setting<String> TARGET = Setting.text("access-log", OFF, false,
            "One line of JSON for each request: off, stdout, or a file, which may be rotated by moving it away.");
    /** Sampling. */
    public static final Setting<Integer> SAMPLE_PERCENT = Setting.integer("access-log.sample-percent", 100, 0, 100,
            false, "Percent of the requests that have a line; those that failed always have one.");
    /** Queue. */
    public static final Setting<Integer> QUEUE = Setting.integer("access-log.queue", 8192, 64, 1 << 20, false,
            "Lines that may wait to be written; what comes then is dropped and counted.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(TARGET, SAMPLE_PERCENT, QUEUE);

    /** Those that hold. */
    public static AccessLogSettings from(Settings settings) {
        return new AccessLogSettings(settings.get(TARGET), settings.get(SAMPLE_PERCENT), settings.get(QUEUE));
    }

    /** Whether there is a log. */
    public boolean enabled() {
        return !target.isEmpty() && !target.equals(OFF);
    }
}
