package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import java.util.List;

/** The settings that say who is told where the time of a request went. All static. */
public final class TimingSettings {

    /** When answers carry the header {@code Server-Timing}. */
    public enum ServerTiming {
        /** Where the client sends {@code x-penstock-timing: true}. */
        ON_REQUEST,
        /** In each answer. */
        ALWAYS,
        /** Never. */
        OFF
    }

    /** Header. */
    public static final Setting<ServerTiming> SERVER_TIMING = Setting.choice("server-timing", ServerTiming.ON_REQUEST,
            false, "Which answers tell in Server-Timing where the time went: on-request, always or off.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(SERVER_TIMING);

    private TimingSettings() {}
}
