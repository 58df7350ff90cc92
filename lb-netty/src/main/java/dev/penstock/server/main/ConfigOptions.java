package dev.penstock.server.main;

import dev.penstock.server.Penstock;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options from which the configuration of a load balancer comes. */
final class ConfigOptions {

    @Mixin
    private FileOptions options = new FileOptions();

    @Option(names = {"-p", "--port"}, paramLabel = "PORT",
            description = "Traffic port (setting listen.port, default 8080); 0 takes a free one.")
    private @Nullable String port;

    @Option(names = {"-a", "--admin-port"}, paramLabel = "PORT",
            description = "Admin port (setting admin.port, default 9090); 0 takes a free one.")
    private @Nullable String adminPort;

    @Mixin
    private AibrixOptions aibrix = new AibrixOptions();

    // The next ones return true, so that a reader can say in one expression what it has taken.

    boolean config(Path file) {
        return options.config(file);
    }

    boolean port(String value) {
        port = value;
        return true;
    }

    boolean adminPort(String value) {
        adminPort = value;
        return true;
    }

    AibrixOptions aibrix() {
        return aibrix;
    }

    boolean set(String name, String value) {
        return options.set(name, value);
    }

    /** A builder with everything that was said. */
    Penstock.Builder builder() {
        Penstock.Builder builder = options.builder();
        aibrix.tell(builder);
        if (port != null) {
            builder.setting("listen.port", port, "--port");
        }
        if (adminPort != null) {
            builder.setting("admin.port", adminPort, "--admin-port");
        }
        return builder;
    }
}
