package dev.penstock.bench.routing;

import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The routers that are measured. Holds no state. */
final class Routers {

    /** System property that names the home of the distribution. */
    private static final String HOME = "penstock.home";
    private static final String PLUGINS = "plugins";

    private Routers() {}

    /**
     * Those of the distribution; on a class path without a distribution, those that are on it. Of two with one name the
     * first one.
     */
    static List<RouterProvider> find() throws IOException {
        String home = System.getProperty(HOME);
        ClassLoader loader = Objects.requireNonNull(Routers.class.getClassLoader());
        if (home != null) {
            // Open as long as the process runs: routers load classes when they need them.
            loader = new URLClassLoader("routers", jars(Path.of(home)), loader);
        }
        List<RouterProvider> providers = new ArrayList<>();
        for (RouterProvider provider : ServiceLoader.load(RouterProvider.class, loader)) {
            if (providers.stream().noneMatch(known -> known.name().equals(provider.name()))) {
                providers.add(provider);
            }
        }
        return providers;
    }

    private static URL[] jars(Path home) throws IOException {
        List<URL> jars = new ArrayList<>();
        Path folder = home.resolve(PLUGINS);
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
                    jars.add(url(file));
                }
            }
        }
        return jars.toArray(URL[]::new);
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }
}
