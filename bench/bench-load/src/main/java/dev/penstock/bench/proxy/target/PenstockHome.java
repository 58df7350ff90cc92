package dev.penstock.bench.proxy.target;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An unpacked distribution of Penstock.
 *
 * @param folder the one that has {@code bin}, {@code lib}, {@code plugins} and {@code conf}
 */
public record PenstockHome(Path folder) {
    /** The system property that names the folder. */
    public static final String PROPERTY = "penstock.home";
    /** The environment variable that names the folder. */
    public static final String VARIABLE = "PENSTOCK_HOME";

    private static final Path BUILT = Path.of("deploy", "target", "penstock");

    /**
     * The distribution named by {@value #PROPERTY} or {@value #VARIABLE}, else the one built in the checkout that the
     * working directory belongs to, or null if there is none.
     */
    public static @Nullable PenstockHome find() {
        String named = System.getProperty(PROPERTY, System.getenv(VARIABLE));
        if (named != null) {
            return complete(Path.of(named)) ? new PenstockHome(Path.of(named).toAbsolutePath()) : null;
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (complete(at.resolve(BUILT))) {
                return new PenstockHome(at.resolve(BUILT));
            }
        }
        return null;
    }

    /** The options its JVM starts with. */
    Path jvmOptions() {
        return folder.resolve("conf").resolve("jvm.options");
    }

    /** Its class path, in the notation of {@code java -cp}. */
    String classPath() {
        return folder.resolve("lib") + "/*";
    }

    private static boolean complete(Path folder) {
        return Files.isDirectory(folder.resolve("lib"))
                && Files.isRegularFile(folder.resolve("conf").resolve("jvm.options"));
    }
}
