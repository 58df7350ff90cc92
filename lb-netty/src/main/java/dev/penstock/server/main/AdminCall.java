package dev.penstock.server.main;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that ask a running load balancer, and their call of its admin port. */
final class AdminCall {
    private static final int TIMEOUT_MILLIS = 2_000;

    /**
     * What came back.
     *
     * @param status HTTP status
     * @param body text of the body
     */
    record Reply(int status, String body) {}

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Option(names = "--url", paramLabel = "URL", description = "What to ask instead, for example"
            + " http://127.0.0.1:9090/healthz.")
    private @Nullable String url;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /**
     * Asks for a page where {@code serve} listens with the same options, or for the URL that was given instead.
     *
     * @return null where there was no answer; why is printed
     */
    @Nullable Reply get(String path) {
        String asked = url == null ? where(options.builder().adminAddress()) + path : url;
        try {
            return ask(asked);
        } catch (IOException e) {
            spec.commandLine().getErr().println("penstock: " + asked + ": " + e.getMessage());
            return null;
        }
    }

    private static String where(InetSocketAddress admin) {
        String host = admin.getAddress() == null || admin.getAddress().isAnyLocalAddress() ? "localhost"
                : admin.getHostString();
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + admin.getPort();
    }

    private Reply ask(String asked) throws IOException {
        HttpURLConnection connection = open(asked);
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try {
            int status = connection.getResponseCode();
            InputStream body = status < HttpURLConnection.HTTP_BAD_REQUEST ? connection.getInputStream()
                    : connection.getErrorStream();
            return new Reply(status, body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
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
