package dev.penstock.server.main;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.server.Penstock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of AIBrix's gateway container, and the one that says that they hold. */
final class AibrixOptions {

    @Option(names = "--aibrix", description = "Stands where AIBrix's gateway stood: its environment variables and the"
            + " options below hold, traffic is on port 10080, administration on 8080.")
    private boolean aibrix;

    @Option(names = "--standalone", description = "With --aibrix: models come from --endpoints-config, not from"
            + " Kubernetes.")
    private boolean standalone;

    @Option(names = "--endpoints-config", paramLabel = "FILE", description = "With --standalone: AIBrix's list of"
            + " models (setting discovery.file).")
    private @Nullable String endpointsConfig;

    @Option(names = {"--http-bind-address", "--metrics-bind-address"}, paramLabel = "[HOST]:PORT",
            description = "With --aibrix: where administration is (settings admin.host, admin.port).")
    private @Nullable String httpBindAddress;

    @Option(names = "--grpc-bind-address", paramLabel = "[HOST]:PORT", description = "With --aibrix: taken and passed"
            + " over, for there is no Envoy to talk to.")
    private @Nullable String grpcBindAddress;

    // The next ones return true, so that a reader can say in one expression what it has taken.

    boolean aibrix() {
        aibrix = true;
        return true;
    }

    boolean standalone() {
        standalone = true;
        return true;
    }

    boolean endpointsConfig(String file) {
        endpointsConfig = file;
        return true;
    }

    boolean httpBindAddress(String address) {
        httpBindAddress = address;
        return true;
    }

    boolean grpcBindAddress(String address) {
        grpcBindAddress = address;
        return true;
    }

    /**
     * Tells a builder.
     *
     * @throws InvalidSettingsException where options do not fit together
     */
    void tell(Penstock.Builder builder) {
        List<String> errors = new ArrayList<>();
        if (!aibrix && (standalone || endpointsConfig != null || httpBindAddress != null || grpcBindAddress != null)) {
            errors.add("--standalone, --endpoints-config, --http-bind-address, --metrics-bind-address and"
                    + " --grpc-bind-address are AIBrix's (expected: --aibrix as well)");
        } else if (standalone && endpointsConfig == null) {
            errors.add("--standalone (expected: --endpoints-config FILE as well)");
        } else if (!standalone && endpointsConfig != null) {
            errors.add("--endpoints-config (expected: --standalone as well)");
        }
        int colon = httpBindAddress == null ? -1 : httpBindAddress.lastIndexOf(':');
        if (httpBindAddress != null && colon < 0) {
            errors.add("--http-bind-address: " + httpBindAddress + " (expected: [HOST]:PORT)");
        }
        if (!errors.isEmpty()) {
            throw new InvalidSettingsException(errors);
        }
        if (aibrix) {
            builder.inPlaceOfAibrix();
        }
        if (endpointsConfig != null) {
            builder.setting("discovery.file", endpointsConfig, "--endpoints-config");
        }
        if (httpBindAddress != null) {
            address(builder, httpBindAddress.substring(0, colon), httpBindAddress.substring(colon + 1));
        }
    }

    private static void address(Penstock.Builder builder, String host, String port) {
        String where = "--http-bind-address";
        if (!host.isEmpty()) {
            String bare = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
            builder.setting("admin.host", bare, where);
        }
        builder.setting("admin.port", port, where);
    }
}
