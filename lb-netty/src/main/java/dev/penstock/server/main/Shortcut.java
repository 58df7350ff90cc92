package dev.penstock.server.main;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * {@code serve} as manifests call it, read without the library that reads all other command lines:
 * its classes are too old for the AOT cache, and cost a quarter of the time until the first response. Whatever is not
 * said plainly is left to that library, and so is help and all that is wrong. Confined to the main thread.
 */
final class Shortcut {
    private final ConfigOptions options = new ConfigOptions();
    private final Set<String> seen = new HashSet<>();

    private Shortcut() {}

    /** What the arguments ask for, or null where it takes the library to say. */
    static @Nullable Callable<Integer> of(String... args) {
        if (args.length == 0 || !args[0].equals("serve")) {
            return null;
        }
        Shortcut line = new Shortcut();
        return line.read(args) ? () -> Serving.untilStopped(line.options) : null;
    }

    /** Reads {@code NAME VALUE}, {@code --name=VALUE}, and names that stand alone. */
    private boolean read(String... args) {
        for (int i = 1; i < args.length; i++) {
            String name = args[i];
            if (alone(name)) {
                continue;
            }
            int equals = name.startsWith("--") ? name.indexOf('=') : -1;
            String value;
            if (equals > 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
            } else if (i + 1 < args.length) {
                value = args[++i];
            } else {
                return false;
            }
            // A value that looks like an option, or names a file of options, is not plain.
            if (value.isEmpty() || "-@\"'".indexOf(value.charAt(0)) >= 0 || !take(name, value)) {
                return false;
            }
        }
        return true;
    }

    private boolean alone(String name) {
        return switch (name) {
            case "--aibrix" -> once(name) && options.aibrix().aibrix();
            case "--standalone" -> once(name) && options.aibrix().standalone();
            default -> false;
        };
    }

    private boolean take(String name, String value) {
        return switch (name) {
            case "-c", "--config" -> once("--config") && options.config(Path.of(value));
            case "-p", "--port" -> once("--port") && options.port(value);
            case "-a", "--admin-port" -> once("--admin-port") && options.adminPort(value);
            case "--endpoints-config" -> once(name) && options.aibrix().endpointsConfig(value);
            case "--http-bind-address", "--metrics-bind-address" ->
                    once("--http-bind-address") && options.aibrix().httpBindAddress(value);
            case "--grpc-bind-address" -> once(name) && options.aibrix().grpcBindAddress(value);
            case "-s", "--set" -> setting(value);
            default -> false;
        };
    }

    private boolean setting(String assignment) {
        int equals = assignment.indexOf('=');
        return equals > 0 && equals < assignment.length() - 1
                && options.set(assignment.substring(0, equals), assignment.substring(equals + 1));
    }

    private boolean once(String name) {
        return seen.add(name);
    }
}
