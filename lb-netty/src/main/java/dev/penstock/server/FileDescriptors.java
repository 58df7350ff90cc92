package dev.penstock.server;

import dev.penstock.server.config.EdgeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many connections the process can hold by its limit of file descriptors. */
final class FileDescriptors {

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+(\\d+)\\s");
    /** For the admin port, files, DNS, discovery, and connections that are refused. */
    private static final long RESERVED = 256;
    private static final int LEAST = 32;

    private FileDescriptors() {
    }

    /** Most connections of clients: what the setting says, or half of what there is, for each may need one to a pod. */
    static int connections(int setting) {
        return setting == EdgeSettings.AUTO ? connections(LIMITS) : setting;
    }

    /** The same by a file as Linux shows it; 0, for any number, where it cannot be read or names no limit. */
    static int connections(Path limits) {
        try {
            Matcher matcher = OPEN_FILES.matcher(Files.readString(limits));
            if (matcher.find() && matcher.group(1).length() < 16) {
                long most = (Long.parseLong(matcher.group(1)) - RESERVED) / 2;
                return Math.clamp(most, LEAST, Integer.MAX_VALUE);
            }
        } catch (IOException e) {
            // No such file: not Linux.
        }
        return 0;
    }
}
