package dev.penstock.server.config;

import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.util.List;

/**
 * The settings of the metadata service. All static.
 *
 * @param host address that it listens on
 * @param port port that it listens on
 * @param usersFile file of the users; empty for memory only
 */
public record MetadataSettings(String host, int port, String usersFile) {

    /** Address. */
    public static final Setting<String> HOST = Setting.text("metadata.host", "127.0.0.1", false,
            "Address of the metadata service; 0.0.0.0 where others ask. Whoever can ask can change users.");
    /** Port. */
    public static final Setting<Integer> PORT = Setting.integer("metadata.port", 8090, 0, 65_535, false,
            "Port of the metadata service; 0 takes a free one.");
    /** Users. */
    public static final Setting<String> USERS_FILE = Setting.text("users.file", "", false,
            "JSON file of the users, read again when it changes; empty: in Redis where redis.url is set, else in"
            + " memory, gone with the process.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(HOST, PORT, USERS_FILE);

    /** Those that hold. */
    public static MetadataSettings from(Settings settings) {
        return new MetadataSettings(settings.get(HOST), settings.get(PORT), settings.get(USERS_FILE));
    }
}
