package dev.penstock.bench.soak;

import dev.penstock.server.Penstock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** The load balancers of a soak, one whose port speaks cleartext and one with TLS, in front of the same engines. */
final class Balancers implements AutoCloseable {
    private static final long INDEX_BYTES = 1 << 20;
    /** The most bytes that the indexes of prompts of both may take. */
    static final long MOST_INDEX_BYTES = 2 * INDEX_BYTES;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    // Prompts of a soak are never the same: an index this small is full soon, and what grows after that grows.
    private static final String CONFIGURATION = "routers:\n  prefix-match:\n    index-bytes: " + INDEX_BYTES + "\n";

    private final Penstock cleartext;
    private final Penstock tls;
    private final Door.Trust trust;

    private Balancers(Penstock cleartext, Penstock tls, Door.Trust trust) {
        this.cleartext = cleartext;
        this.tls = tls;
        this.trust = trust;
    }

    /**
     * Starts both.
     *
     * @param setUp says where they find their routers
     */
    static Balancers start(PodFile pods, CertificateFiles certificates, Consumer<Penstock.Builder> setUp) {
        Penstock cleartext = start(pods, Map.of(), setUp);
        try {
            return new Balancers(cleartext, start(pods, Map.of(
                    "tls.certificate", certificates.used().certificate().toString(),
                    "tls.key", certificates.used().key().toString()), setUp), certificates.trust());
        } catch (RuntimeException e) {
            cleartext.close();
            throw e;
        }
    }

    private static Penstock start(PodFile pods, Map<String, String> more, Consumer<Penstock.Builder> setUp) {
        Penstock.Builder builder = Penstock.builder().config("soak", CONFIGURATION);
        Map.of("discovery.file", pods.path().toString(), "discovery.interval", "100ms", "listen.host", "127.0.0.1",
                "listen.port", "0", "admin.port", "0", "warm-up.requests", "0", "limits.body",
                Integer.toString(BadCalls.BODY_LIMIT), "shutdown.grace", "5s")
                .forEach((name, value) -> builder.setting(name, value, "soak"));
        Map.of("timeouts.connect", "2s", "timeouts.first-byte", "10s", "timeouts.first-byte-unary", "10s",
                "timeouts.idle", "10s", "routing.deadline", "800ms", "routing.stall", "250ms",
                // Faults are meant for the requests of the crowd.
                "scrape.enabled", "false",
                // Full soon: what grows after that grows.
                "pins.max", "4096")
                .forEach((name, value) -> builder.setting(name, value, "soak"));
        more.forEach((name, value) -> builder.setting(name, value, "soak"));
        UnreliableRouters.providers().forEach(builder::provider);
        setUp.accept(builder);
        return builder.start();
    }

    /** Where clients get in: cleartext, then TLS. */
    List<Door> doors() {
        return List.of(Door.cleartext(cleartext.port()), new Door("TLS", tls.port(), trust));
    }

    /** The sum of a figure of both. */
    long sum(ToLongFunction<Penstock> figure) {
        return figure.applyAsLong(cleartext) + figure.applyAsLong(tls);
    }

    long reservations() {
        return sum(penstock -> penstock.inside().reservations());
    }

    long leases() {
        return sum(penstock -> penstock.inside().leases());
    }

    long bodyBytes() {
        return sum(penstock -> penstock.inside().bodyBytes());
    }

    long openRequests() {
        return sum(Penstock::openRequests);
    }

    /** The pages of metrics of both, one behind the other. */
    String metrics() throws IOException, InterruptedException {
        StringBuilder pages = new StringBuilder();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (Penstock penstock : List.of(cleartext, tls)) {
                HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + penstock.adminPort() + "/metrics")).timeout(PATIENCE).build();
                HttpResponse<String> page = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (page.statusCode() != 200) {
                    throw new IOException("/metrics answers " + page.statusCode() + ": " + page.body());
                }
                pages.append(page.body());
            }
        }
        return pages.toString();
    }

    /** The sum of all series whose name and labels begin so. */
    static long metric(String metrics, String start) {
        return metrics.lines().filter(line -> line.startsWith(start))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    @Override
    public void close() {
        try {
            cleartext.close();
        } finally {
            tls.close();
        }
    }
}
