package dev.penstock.cache.prometheus;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.cache.scrape.EndpointPorts;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.core.port.SnapshotSource;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Snapshot;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Asks Prometheus for one figure after the other, each for all endpoints at once, all of them within an interval.
 * Confined to {@code lb-scrape}; answers are read by the client's own threads. While Prometheus is away, figures grow
 * old and are missing then; nobody waits for it.
 */
public final class PrometheusAgent implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PrometheusAgent.class.getName());

    private static final HttpResponse.BodyHandler<String> BODY =
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofString(), 64L << 20);

    private record Answered(PromQuery query, long askedNanos, @Nullable List<PromAnswer.Sample> samples,
            String problem) {}

    private final PrometheusSettings settings;
    private final List<PromQuery> queries;
    private final SnapshotSource fleet;
    private final FigureColumns figures;
    private final NanoClock clock;
    private final HttpClient client;
    private final ConcurrentLinkedQueue<Answered> answers = new ConcurrentLinkedQueue<>();
    private final Set<PromQuery> asked = new HashSet<>();
    private final Metrics.Count well;
    private final Metrics.Count failed;
    private Map<String, List<PodView>> byInstance = Map.of();
    private long version = -1;
    private long nextNanos;
    private int turn;
    private boolean away;

    /**
     * An agent that has not begun.
     *
     * @param settings with an endpoint
     * @param scraping whether engines are asked themselves: then they have the last word on what both tell
     */
    public PrometheusAgent(PrometheusSettings settings, boolean scraping, SnapshotSource fleet,
            FigureColumns figures, NanoClock clock, Metrics metrics) {
        this.settings = settings;
        this.fleet = fleet;
        this.figures = figures;
        this.clock = clock;
        List<PromQuery> all = new ArrayList<>(PromQuery.OWN);
        if (!scraping) {
            all.addAll(PromQuery.SHARED);
        }
        queries = List.copyOf(all);
        client = HttpClient.newBuilder().connectTimeout(Duration.ofNanos(settings.timeoutNanos()))
                .followRedirects(HttpClient.Redirect.NEVER).version(HttpClient.Version.HTTP_1_1).build();
        well = metrics.counter("penstock_prometheus_queries", "Queries to Prometheus, by result.", "result", "well");
        failed = metrics.counter("penstock_prometheus_queries", "Queries to Prometheus, by result.",
                "result", "failed");
        nextNanos = clock.nanoTime();
    }

    /** Takes answers, and asks for the next figure when it is time. Never waits. */
    public int doWork() {
        int work = 0;
        for (Answered answer = answers.poll(); answer != null; answer = answers.poll()) {
            take(answer);
            work++;
        }
        long now = clock.nanoTime();
        if (now - nextNanos >= 0) {
            nextNanos = now + settings.intervalNanos() / queries.size();
            PromQuery query = queries.get(turn++ % queries.size());
            if (asked.add(query)) {
                ask(query, now);
            }
            work++;
        }
        return work;
    }

    /** How long there is nothing to do; an answer is looked for a little later than it comes. */
    public long restNanos() {
        return Math.max(0, Math.min(nextNanos - clock.nanoTime(), settings.intervalNanos() / queries.size() / 4));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    private void ask(PromQuery query, long now) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(settings.endpoint() + "/api/v1/query?query="
                + URLEncoder.encode(query.promQl(), StandardCharsets.UTF_8)))
                .timeout(Duration.ofNanos(settings.timeoutNanos()));
        if (!settings.username().isEmpty()) {
            String user = settings.username() + ":" + settings.password();
            request.header("Authorization", "Basic "
                    + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
        }
        client.sendAsync(request.build(), BODY)
                .handle((response, error) -> {
                    answers.add(answered(query, now, response, error));
                    return null;
                });
    }

    private static Answered answered(PromQuery query, long askedNanos, @Nullable HttpResponse<String> response,
            @Nullable Throwable error) {
        if (response == null) {
            return new Answered(query, askedNanos, null, String.valueOf(error));
        }
        if (response.statusCode() != 200) {
            return new Answered(query, askedNanos, null, "status " + response.statusCode());
        }
        return new Answered(query, askedNanos, PromAnswer.read(response.body()), "an answer that is none");
    }

    private void take(Answered answer) {
        asked.remove(answer.query());
        if (answer.samples() == null) {
            failed.increment();
            if (!away) {
                LOG.log(System.Logger.Level.WARNING, "no figures from Prometheus at " + settings.endpoint() + ": "
                        + answer.problem());
            }
            away = true;
            return;
        }
        well.increment();
        if (away) {
            LOG.log(System.Logger.Level.INFO, "figures from Prometheus again");
        }
        away = false;
        index();
        for (PromAnswer.Sample sample : answer.samples()) {
            for (PodView endpoint : byInstance.getOrDefault(sample.instance(), List.of())) {
                report(answer, sample, endpoint);
            }
        }
    }

    private void report(Answered answer, PromAnswer.Sample sample, PodView endpoint) {
        PromQuery query = answer.query();
        if (query.byModel() && !sample.model().isEmpty()) {
            figures.reportGauge(endpoint, sample.model(), query.gauge(), sample.value(), answer.askedNanos());
        } else {
            figures.reportGauge(endpoint, query.gauge(), sample.value(), answer.askedNanos());
        }
    }

    private void index() {
        Snapshot snapshot = fleet.current();
        if (snapshot.version() == version) {
            return;
        }
        version = snapshot.version();
        byInstance = new HashMap<>();
        for (int slot = 0; slot < snapshot.slots(); slot++) {
            PodView endpoint = snapshot.endpoint(slot);
            if (endpoint != null) {
                byInstance.computeIfAbsent(EndpointPorts.instance(endpoint), any -> new ArrayList<>()).add(endpoint);
            }
        }
    }
}
