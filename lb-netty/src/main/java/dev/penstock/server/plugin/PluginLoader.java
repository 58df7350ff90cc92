package dev.penstock.server.plugin;

import dev.penstock.spi.RouterProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Loads the plugins of a folder. What fails is reported by name and harms nothing else. Used at start only. */
public final class PluginLoader {

    private PluginLoader() {}

    /**
     * Loads every jar, and every folder of jars, in a folder.
     *
     * @param folder the folder; one that does not exist holds no plugins
     * @return one for each jar or folder in it, in the order of their names
     */
    public static List<Plugin> load(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Path> files;
        try {
            files = sorted(folder);
        } catch (UncheckedIOException e) {
            return List.of(Plugin.failed(folder.toString(), "", "", Reason.of(e)));
        }
        List<Plugin> plugins = new ArrayList<>();
        for (Path file : files) {
            if (Files.isDirectory(file) || isJar(file)) {
                plugins.add(loadOne(file));
            }
        }
        return plugins;
    }

    /**
     * Loads one plugin.
     *
     * @param file a jar or a folder of jars
     */
    public static Plugin loadOne(Path file) {
        return loadOne(file, Patience.STANDARD);
    }

    // Code of the plugin runs here, which may throw anything.
    static Plugin loadOne(Path file, Patience patience) {
        String name = String.valueOf(file.getFileName());
        Described described = Described.NOTHING;
        try {
            List<Path> jars = Files.isDirectory(file) ? sorted(file).stream().filter(PluginLoader::isJar).toList()
                    : List.of(file);
            if (jars.isEmpty()) {
                return Plugin.failed(name, "", "", "a folder without jars");
            }
            described = describe(jars);
            String unfit = described.unfit();
            if (unfit != null) {
                return Plugin.failed(name, described.version(), described.spi(), unfit);
            }
            return withProviders(name, described, jars, patience);
        } catch (Throwable e) {
            return Plugin.failed(name, described.version(), described.spi(), Reason.of(e));
        }
    }

    private static Plugin withProviders(String name, Described described, List<Path> jars, Patience patience)
            throws Throwable {
        URLClassLoader loader = new URLClassLoader("plugin " + name, urls(jars), new SpiOnlyLoader());
        List<RouterProvider> providers;
        try {
            providers = patience.ask(loader, () -> ServiceLoader.load(RouterProvider.class, loader).stream()
                    .map(ServiceLoader.Provider::get).toList());
        } catch (Throwable e) {
            loader.close();
            throw e;
        }
        if (providers.isEmpty()) {
            loader.close();
            return Plugin.failed(name, described.version(), described.spi(),
                    "no provider of " + RouterProvider.class.getName() + " inside");
        }
        return new Plugin(name, described.version(), described.spi(), providers, null, loader);
    }

    /**
     * What a manifest says.
     *
     * @param spi version of the SPI; empty where it has none
     * @param version version of the plugin; empty where it has none
     */
    private record Described(String spi, String version) {

        static final Described NOTHING = new Described("", "");

        /** Why it cannot run here, or null. */
        @Nullable String unfit() {
            if (spi.isEmpty()) {
                return "its manifest has no " + SpiVersion.ATTRIBUTE + " (expected: " + SpiVersion.HOST + ")";
            }
            SpiVersion wanted = SpiVersion.parse(spi);
            return wanted != null && wanted.runsOn(SpiVersion.HOST) ? null
                    : SpiVersion.ATTRIBUTE + ": " + spi + " (this host has " + SpiVersion.HOST + ")";
        }
    }

    // Opens every one of them, though the first description holds: a class loader passes over a broken jar in silence.
    private static Described describe(List<Path> jars) throws IOException {
        Described first = Described.NOTHING;
        for (Path jar : jars) {
            Described described = describe(jar);
            first = first.spi().isEmpty() ? described : first;
        }
        return first;
    }

    private static Described describe(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            String spi = manifest == null ? null : manifest.getMainAttributes().getValue(SpiVersion.ATTRIBUTE);
            if (manifest == null || spi == null) {
                return Described.NOTHING;
            }
            String version = manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
            return new Described(spi, version == null ? "" : version);
        } catch (ZipException e) {
            throw new IOException(jar.getFileName() + " is not a jar: " + e.getMessage(), e);
        } catch (IOException e) {
            // Its name says more than its message, which is that of the file.
            throw new IOException(jar.getFileName() + " cannot be read: " + e, e);
        }
    }

    private static URL[] urls(List<Path> jars) throws MalformedURLException {
        URL[] urls = new URL[jars.size()];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = jars.get(i).toUri().toURL();
        }
        return urls;
    }

    private static List<Path> sorted(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the folder " + folder, e);
        }
    }

    private static boolean isJar(Path file) {
        // Whatever it is: a link that leads nowhere is reported, not passed over.
        return file.toString().endsWith(".jar");
    }

    /** Shows a plugin the JDK and the SPI, and hides the rest of the host. */
    private static final class SpiOnlyLoader extends ClassLoader {

        private static final String SPI = RouterProvider.class.getPackageName() + ".";

        SpiOnlyLoader() {
            super("spi", ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith(SPI)) {
                return RouterProvider.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
