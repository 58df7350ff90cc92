package dev.penstock.cache.keys;

import dev.penstock.core.config.Durations;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where the keys of clients come from. All static, but for what is in the files. Its text form is without the key.
 *
 * @param shared one key for all clients; empty for none
 * @param sharedFile file that holds the one key; empty for none
 * @param file file of keys; empty for none
 * @param redis whether keys are in Redis, too
 * @param refreshNanos time between two looks at Redis
 * @param forward whether pods are shown the keys of clients
 */
public record KeySettings(String shared, String sharedFile, String file, boolean redis, long refreshNanos,
        boolean forward) {

    /** Shared key. */
    public static final Setting<String> SHARED = new Setting<>("keys.shared", "", KeySettings::key, false,
            "One key for all clients, better given as PENSTOCK_KEYS_SHARED or as keys.shared-file; empty: none.", true);
    /** File of the shared key. */
    public static final Setting<String> SHARED_FILE = Setting.text("keys.shared-file", "", false,
            "File that holds the one key for all clients, read again when it changes; empty: none.");
    /** File of keys. */
    public static final Setting<String> FILE = Setting.text("keys.file", "", false,
            "File of keys, which penstock keys writes, read again when it changes; empty: none.");
    /** Whether there are keys in Redis. */
    public static final Setting<Boolean> REDIS = Setting.flag("keys.redis", false, false,
            "Whether keys are in Redis. Fails closed: until Redis has answered once, nobody is let in by them.");
    /** Refresh. */
    public static final Setting<Long> REFRESH = new Setting<>("keys.refresh", "5s", KeySettings::refresh, false,
            "Time between two looks at the keys in Redis, 1s or more: how long a revoked key is still good.");
    /** Forwarding. */
    public static final Setting<Boolean> FORWARD = Setting.flag("keys.forward", false, false,
            "Whether engines are shown the keys of clients although they were checked here.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(SHARED, SHARED_FILE, FILE, REDIS, REFRESH, FORWARD);

    private static final long LEAST_REFRESH_NANOS = 1_000_000_000L;

    /** What holds when nobody says anything: no key is asked for. */
    public static KeySettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** This part of all settings. */
    public static KeySettings from(Settings settings) {
        return new KeySettings(settings.get(SHARED), settings.get(SHARED_FILE), settings.get(FILE),
                settings.get(REDIS), settings.get(REFRESH), settings.get(FORWARD));
    }

    /** Whether requests need a key. */
    public boolean required() {
        return !shared.isEmpty() || !sharedFile.isEmpty() || !file.isEmpty() || redis;
    }

    /**
     * What does not go together: one sentence for each.
     *
     * @param redisKnown whether it is configured where Redis is
     */
    public List<String> contradictions(boolean redisKnown) {
        List<String> errors = new ArrayList<>();
        if (!shared.isEmpty() && !sharedFile.isEmpty()) {
            errors.add(SHARED.name() + ": beside " + SHARED_FILE.name() + " (expected: one of them)");
        }
        if (redis && !redisKnown) {
            errors.add(REDIS.name() + ": without redis.url (expected: where Redis is)");
        }
        return errors;
    }

    /**
     * Reads a shared key.
     *
     * @throws IllegalArgumentException where no client could send it
     */
    static String key(String text) {
        String key = text.strip();
        if (key.length() > KeySecret.LONGEST || !key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("expected: one key on one line, visible ASCII, at most "
                    + KeySecret.LONGEST + " characters");
        }
        return key;
    }

    private static Long refresh(String text) {
        long nanos = Durations.nanos(text);
        if (nanos < LEAST_REFRESH_NANOS) {
            throw new IllegalArgumentException("expected: 1s or more");
        }
        return nanos;
    }

    @Override
    public String toString() {
        return "KeySettings[" + sharedFile + ", " + file + ", " + redis + "]";
    }
}
