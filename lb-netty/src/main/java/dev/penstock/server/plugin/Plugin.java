package dev.penstock.server.plugin;

import dev.penstock.spi.RouterProvider;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A jar or a folder of jars with routers.
 *
 * @param name file name
 * @param version from its manifest; empty where it has none
 * @param spi the version of the SPI that its manifest names; empty where it names none
 * @param providers what it offers; empty where it failed
 * @param failure why it could not be loaded, or null
 * @param loader to be closed when its routers are, or null
 */
public record Plugin(String name, String version, String spi, List<RouterProvider> providers, @Nullable String failure,
        @Nullable Closeable loader) {

    private static final Logger LOG = System.getLogger(Plugin.class.getName());

    static Plugin failed(String name, String version, String spi, String failure) {
        return new Plugin(name, version, spi, List.of(), failure, null);
    }

    /** Closes its loader; its classes that are in use stay. Says which threads it has left behind. */
    public void close() {
        if (loader == null) {
            return;
        }
        List<String> left = PluginThreads.of(this);
        if (!left.isEmpty()) {
            LOG.log(Level.WARNING, "plugin " + name + ": closed, but it has left threads running: "
                    + String.join(", ", left));
        }
        try {
            loader.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "plugin " + name, e);
        }
    }

    /** Providers of the host's own process. */
    public static Plugin embedded(List<RouterProvider> providers) {
        return new Plugin("embedded", "", SpiVersion.HOST.toString(), List.copyOf(providers), null, null);
    }
}
