package dev.penstock.server;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.config.Settings;
import dev.penstock.core.config.Settings.Source;
import dev.penstock.core.port.Admission;
import dev.penstock.core.port.ApiKeyStore;
import dev.penstock.server.config.ServerSettings;
import dev.penstock.server.config.Surroundings;
import dev.penstock.spi.RouterProvider;
import io.netty.channel.ChannelHandler;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running load balancer. Several may run in one process; they share nothing.
 *
 * {@snippet :
 * try (Penstock penstock = Penstock.builder()
 *         .config("inline", "models: [{name: m, endpoints: [127.0.0.1:8000]}]")
 *         .setting("listen.port", "0", "code")
 *         .start()) {
 *     System.out.println(penstock.port());
 * }
 * }
 */
public final class Penstock implements AutoCloseable {

    private final Wiring wiring;

    private Penstock(Wiring wiring) {
        this.wiring = wiring;
    }

    /** Begins to describe a load balancer. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A handler for somebody else's Netty server: makes each channel that it is added to a client's connection,
     * HTTP/1.1 or HTTP/2, on the event loop that the channel is on; connections to engines are made there too. Always
     * the same, and sharable. It is the last handler of its pipeline, behind an {@link
     * io.netty.handler.ssl.SslHandler} if there is one; it may be the child handler itself.
     *
     * <p>The event loops are of the kind nio, epoll or io_uring, and run until this balancer is closed, which ends its
     * connections on them. Before that, stop accepting.
     */
    public ChannelHandler handler() {
        return wiring.handler();
    }

    /**
     * The port that clients connect to.
     *
     * @throws IllegalStateException where there is none
     */
    public int port() {
        return wiring.port();
    }

    /** Whether clients connect with TLS. */
    public boolean tls() {
        return wiring.tls();
    }

    /**
     * The port of the admin pages.
     *
     * @throws IllegalStateException where there is none
     */
    public int adminPort() {
        return wiring.adminPort();
    }

    /**
     * Waits until it is ready: what {@code /readyz} tells.
     *
     * @return whether it is, within the time
     * @throws InterruptedException where the thread is interrupted meanwhile
     */
    public boolean awaitReady(Duration time) throws InterruptedException {
        return wiring.awaitReady(time);
    }

    /** Requests that have begun and not ended. */
    public long openRequests() {
        return wiring.openRequests();
    }

    /** What it believes and counts, for tests and for embedders. */
    public Inside inside() {
        return wiring;
    }

    /**
     * Takes leave of those who send requests: says that it is not ready, goes on accepting for as long as {@code
     * shutdown.delay} says, and asks each client with its answer to connect elsewhere. To be called before {@link
     * #close} where others have to notice first; returns when that time is over, or when another thread closes.
     */
    public void leave() {
        wiring.leave();
    }

    /**
     * Stops: says that it is not ready, takes no new connections, lets running requests end for as long as
     * {@code shutdown.grace} says, ends those that take longer with an error, and ends all its threads. Further calls
     * do nothing.
     */
    @Override
    public void close() {
        wiring.close();
    }

    /** Numbers that must be back at zero when all requests have ended. Any thread. */
    public interface Inside {

        /** Requests in flight at all endpoints, as counted by their reservations. */
        long reservations();

        /** Requests between admission and end. */
        long leases();

        /** Bytes of request bodies that are held. */
        long bodyBytes();
    }

    /**
     * What {@link Builder#check} found.
     *
     * @param problems one sentence for each; empty where the configuration is good
     * @param summary what it describes, for a person
     */
    public record Checked(List<String> problems, String summary) {}

    /** Describes a load balancer. Not to be shared by threads. */
    public static final class Builder {

        private @Nullable Path file;
        private String text = "";
        private String textName = "";
        private Path home = Path.of("");
        private Map<String, String> variables = Map.of();
        private boolean aibrix;
        private Admission admission = Admission.UNLIMITED;
        private Ports ports = Ports.BOTH;
        private final Map<String, Source> flags = new LinkedHashMap<>();
        private final List<RouterProvider> providers = new ArrayList<>();

        private Builder() {}

        /** Reads the configuration from a file, and again when it changes. */
        public Builder configFile(Path path) {
            file = path;
            return this;
        }

        /**
         * Takes the configuration as it is given.
         *
         * @param name for messages
         * @param yaml as in the file
         */
        public Builder config(String name, String yaml) {
            textName = name;
            text = yaml;
            return this;
        }

        /** Reads settings from environment variables such as {@code PENSTOCK_LISTEN_PORT}; none by default. */
        public Builder environment(Map<String, String> environment) {
            variables = Map.copyOf(environment);
            return this;
        }

        /**
         * Stands where AIBrix's gateway stood: its environment variables are other names of settings, traffic is on
         * port 10080 and administration on port 8080 of all addresses, unless something says otherwise.
         */
        public Builder inPlaceOfAibrix() {
            aibrix = true;
            return this;
        }

        /**
         * Says what a setting is, over everything else.
         *
         * @param name name of the setting
         * @param value as in the file
         * @param where who says so, for messages
         */
        public Builder setting(String name, String value, String where) {
            flags.put(name, new Source(value, where));
            return this;
        }

        /** Where relative folders, such as that of the plugins, are seen from; the working directory by default. */
        public Builder home(Path directory) {
            home = directory;
            return this;
        }

        /** Adds a strategy of the embedder's own. */
        public Builder provider(RouterProvider provider) {
            providers.add(provider);
            return this;
        }

        /** Opens no traffic port: connections come by {@link Penstock#handler} only. */
        public Builder withoutTrafficPort() {
            ports = new Ports(false, ports.admin());
            return this;
        }

        /** Opens no admin port: what it would tell is left untold, but for {@link Penstock#awaitReady}. */
        public Builder withoutAdminPort() {
            ports = new Ports(ports.traffic(), false);
            return this;
        }

        /** Who decides about keys and limits; everything is admitted by default. */
        public Builder admission(Admission decides) {
            admission = decides;
            return this;
        }

        /**
         * Starts; returns when the ports are open. {@code /readyz} tells when requests should come.
         *
         * @throws InvalidSettingsException names everything that is wrong; nothing is left running
         */
        public Penstock start() {
            return new Penstock(Wiring.start(parts()));
        }

        /**
         * Starts the metadata service instead of a load balancer: models, pods and users over HTTP, on one port of its
         * own; no traffic, no routers. Returns when the port is open.
         *
         * @throws InvalidSettingsException names everything that is wrong; nothing is left running
         */
        public Metadata startMetadata() {
            return Metadata.start(parts());
        }

        /** Looks at everything as {@link #start} would, and starts nothing. */
        public Checked check() {
            try {
                return new Checked(List.of(), Wiring.check(parts()));
            } catch (InvalidSettingsException e) {
                return new Checked(e.errors(), "");
            }
        }

        /**
         * Where the admin port of a load balancer with this configuration is.
         *
         * @throws InvalidSettingsException names everything that is wrong
         */
        public InetSocketAddress adminAddress() {
            Settings settings = Configuration.read(parts().sources()).settings();
            return new InetSocketAddress(settings.get(ServerSettings.ADMIN_HOST),
                    settings.get(ServerSettings.ADMIN_PORT));
        }

        /**
         * Lends the keys of clients that the configuration names, to make, list or revoke some. Waits for a file or for
         * Redis.
         *
         * @throws InvalidSettingsException names everything that is wrong
         * @throws UncheckedIOException where the keys cannot be read or written
         */
        public <T> T keys(Function<ApiKeyStore, T> use) {
            Configuration.Sources sources = parts().sources();
            return ConfiguredKeys.use(sources.folder(), Configuration.read(sources).settings(), use);
        }

        private Parts parts() {
            return new Parts(new Configuration.Sources(file, text, textName,
                    new Surroundings(variables, aibrix), Map.copyOf(flags), Wiring.settings()), home,
                    List.copyOf(providers), admission, ports);
        }
    }

    /**
     * What a builder was told.
     *
     * @param sources where the settings come from
     * @param home where relative folders are seen from
     * @param providers strategies of the embedder's own
     * @param admission who decides about keys and limits
     * @param ports which ports are opened
     */
    record Parts(Configuration.Sources sources, Path home, List<RouterProvider> providers, Admission admission,
            Ports ports) {}

    /**
     * Which ports are opened.
     *
     * @param traffic the one that clients connect to
     * @param admin the one of the admin pages
     */
    record Ports(boolean traffic, boolean admin) {

        static final Ports BOTH = new Ports(true, true);
    }
}
