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

/** Asks a running load balancer whether it is ready. The main thread's. */
final class HealthProbe {
    private static final int TIMEOUT_MILLIS = 2_000;

    private HealthProbe() {}

    /**
     * Asks, and prints the answer.
     *
     * @param options those with which it was started
     * @param url what to ask instead of what they tell, or null
     * @return the exit status: 0 where it is ready, else 1
     * @throws IllegalArgumentException where the URL is none of http
     */
    static int ask(ConfigOptions options, @Nullable String url) {
        String asked = url == null ? readiness(options.builder().adminAddress()) : url;
        HttpURLConnection connection = open(asked);
        try {
            return ask(connection);
        } catch (IOException e) {
            System.err.println("penstock: " + asked + ": " + e.getMessage());
            return 1;
        } finally {
            connection.disconnect();
        }
    }

    private static String readiness(InetSocketAddress admin) {
        String host = admin.getAddress() == null || admin.getAddress().isAnyLocalAddress() ? "localhost"
                : admin.getHostString();
        return "http://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + admin.getPort() + "/readyz";
    }

    private static int ask(HttpURLConnection connection) throws IOException {
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        int status = connection.getResponseCode();
        InputStream body = status < HttpURLConnection.HTTP_BAD_REQUEST ? connection.getInputStream()
                : connection.getErrorStream();
        if (body != null) {
            System.out.println(new String(body.readAllBytes(), StandardCharsets.UTF_8).strip());
            System.out.flush();
        }
        return status == HttpURLConnection.HTTP_OK ? 0 : 1;
    }

    private static HttpURLConnection open(String asked) {
        try {
            // A proxy of the environment is for the way out, not for the own machine.
            if (new URI(asked).toURL().openConnection(Proxy.NO_PROXY) instanceof HttpURLConnection connection) {
                return connection;
            }
        } catch (URISyntaxException | IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException(asked + " (" + e.getMessage() + ")", e);
        }
        throw new IllegalArgumentException(asked + " (expected: http://…)");
    }
}
