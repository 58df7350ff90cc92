package dev.penstock.server.plugin;

import dev.penstock.spi.RouterProvider;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A jar or a folder of jars with routers.
 *
 * @param name file name
 * @param version from its manifest; empty where it has none
 * @param providers what it offers; empty where it failed
 * @param failure why it could not be loaded, or null
 * @param loader to be closed when its routers are, or null
 */
public record Plugin(String name, String version, List<RouterProvider> providers, @Nullable String failure,
        @Nullable Closeable loader) {

    static Plugin failed(String name, String failure) {
        return new Plugin(name, "", List.of(), failure, null);
    }

    /** Closes its loader; its classes that are in use stay. */
    public void close() {
        if (loader != null) {
            try {
                loader.close();
            } catch (IOException e) {
                System.getLogger(Plugin.class.getName()).log(System.Logger.Level.DEBUG, "plugin " + name, e);
            }
        }
    }

    /** Providers of the host's own process. */
    public static Plugin embedded(List<RouterProvider> providers) {
        return new Plugin("embedded", "", List.copyOf(providers), null, null);
    }
}
