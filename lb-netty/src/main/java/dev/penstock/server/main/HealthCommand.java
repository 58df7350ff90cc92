package dev.penstock.server.main;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "health", mixinStandardHelpOptions = true, versionProvider = BuildInfo.class,
        description = {
            "Asks a running load balancer whether it is ready, as a probe does where there is no curl.",
            "It looks where serve listens with the same options and variables. Exit status 0: ready; 1: not."})
final class HealthCommand implements Callable<Integer> {
    private static final int TIMEOUT_MILLIS = 2_000;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--url", paramLabel = "URL", description = "What to ask instead, for example"
            + " http://127.0.0.1:9090/healthz.")
    private @Nullable String url;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        String asked = url == null ? readiness(options.builder().adminAddress()) : url;
        try {
            return ask(asked);
        } catch (IOException e) {
            spec.commandLine().getErr().println("penstock: " + asked + ": " + e.getMessage());
            return 1;
        }
    }

    private static String readiness(InetSocketAddress admin) {
        String host = admin.getAddress() == null || admin.getAddress().isAnyLocalAddress() ? "localhost"
                : admin.getHostString();
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + admin.getPort() + "/readyz";
    }

    private int ask(String asked) throws IOException {
        HttpURLConnection connection = open(asked);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try {
            int status = connection.getResponseCode();
            InputStream body = status < HttpURLConnection.HTTP_BAD_REQUEST ? connection.getInputStream()
                    : connection.getErrorStream();
            if (body != null) {
                spec.commandLine().getOut().println(new String(body.readAllBytes(), StandardCharsets.UTF_8).strip());
                spec.commandLine().getOut().flush();
            }
            return status == HttpURLConnection.HTTP_OK ? 0 : 1;
        } finally {
            connection.disconnect();
        }
    }

    private HttpURLConnection open(String asked) throws IOException {
        try {
            // A proxy of the environment is for the way out, not for the own machine.
            if (new URI(asked).toURL().openConnection(Proxy.NO_PROXY) instanceof HttpURLConnection connection) {
                return connection;
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--url: " + asked + " (" + e.getMessage() + ")", e);
        }
        throw new ParameterException(spec.commandLine(), "--url: " + asked + " (expected: http://…)");
    }
}
