package dev.penstock.bench.proxy.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Programs installed on this machine. */
public final class Programs {
    private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));
    /** Where distributions put servers; often not in the PATH of a user who is not root. */
    private static final List<String> SYSTEM_FOLDERS = List.of("/usr/local/sbin", "/usr/sbin", "/sbin");

    private Programs() {
    }

    /** The executable {@code name} of the PATH or of the system folders, or null if it is not installed. */
    public static @Nullable Path find(String name) {
        List<String> folders = new ArrayList<>();
        String path = System.getenv("PATH");
        if (path != null) {
            SEPARATOR.splitAsStream(path).forEach(folders::add);
        }
        folders.addAll(SYSTEM_FOLDERS);
        for (String folder : folders) {
            Path candidate = Path.of(folder, name);
            if (Files.isRegularFile(candidate) && Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** The {@code java} that runs this process. */
    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }
}
