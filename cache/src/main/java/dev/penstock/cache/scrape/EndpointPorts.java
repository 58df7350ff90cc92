package dev.penstock.cache.scrape;

import dev.penstock.spi.PodView;

/** Where an endpoint shows its metrics. */
public final class EndpointPorts {

    private static final String METRIC_PORT = "model.aibrix.ai/metric-port";
    private static final int MOST_PORT = 65_535;

    private EndpointPorts() {}

    /** The port of the metrics page: that of the label, else the one that the endpoint serves on. */
    static int metrics(PodView endpoint) {
        String label = endpoint.labels().get(METRIC_PORT);
        if (label != null && !label.isEmpty() && label.length() <= 5
                && label.chars().allMatch(letter -> letter >= '0' && letter <= '9')) {
            int port = Integer.parseInt(label);
            if (port > 0 && port <= MOST_PORT) {
                return port;
            }
        }
        return endpoint.port();
    }

    /** {@code host:port} of the metrics page, as a Prometheus names the instance. */
    public static String instance(PodView endpoint) {
        String host = endpoint.host();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + metrics(endpoint);
    }
}
