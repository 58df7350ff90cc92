package dev.penstock.cache.kvevents;

import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place where an engine publishes events of its KV cache: one for a pod, or one for each of its data parallel ranks.
 * Immutable.
 *
 * @param key tells publishers apart; the same as long as pod and place are
 * @param pod namespace and name of the pod
 * @param address where it publishes, as ZeroMQ writes it
 * @param replayAddress where it repeats what was missed, or null where it does not
 * @param endpoints the endpoints that it is of, in the order of ranks
 * @param shard number of their shard
 */
record KvPublisher(String key, String pod, String address, @Nullable String replayAddress, List<PodView> endpoints,
        int shard) {

    static final String ENABLED = "model.aibrix.ai/kv-events-enabled";
    static final String PORT = "penstock.dev/kv-events-port";
    static final String REPLAY_PORT = "penstock.dev/kv-events-replay-port";

    private static final int MOST_PORT = 65_535;

    /** Whether a pod offers its events. */
    static boolean offers(PodView endpoint) {
        return "true".equalsIgnoreCase(endpoint.labels().getOrDefault(ENABLED, "").strip())
                && !endpoint.host().isEmpty();
    }

    /** The publishers of one pod, by all its endpoints. */
    static List<KvPublisher> of(List<PodView> endpoints, int shard, KvEventSettings settings) {
        List<PodView> ranks = new ArrayList<>(endpoints);
        ranks.sort(Comparator.comparingInt(PodView::port));
        PodView pod = ranks.getFirst();
        List<Integer> ports = ports(pod, PORT, 1, settings.port());
        List<Integer> replays = ports(pod, REPLAY_PORT, 0, settings.replayPort());
        List<KvPublisher> publishers = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            String address = address(pod.host(), ports.get(i));
            int replay = i < replays.size() ? replays.get(i) : 0;
            // Several publishers are one for each rank, and so is each endpoint.
            List<PodView> own = ports.size() == 1 || i >= ranks.size() ? ranks : List.of(ranks.get(i));
            publishers.add(new KvPublisher(pod.uid() + ' ' + address + ' ' + replay,
                    pod.namespace() + '/' + pod.name(), address, replay == 0 ? null : address(pod.host(), replay),
                    List.copyOf(own), shard));
        }
        return publishers;
    }

    /** An address as ZeroMQ writes it; one of IPv6 in brackets, a zone as it is. */
    static String address(String host, int port) {
        return "tcp://" + (host.indexOf(':') >= 0 ? '[' + host + ']' : host) + ':' + port;
    }

    /** The ports that a pod names, by label or annotation, with commas or dots between them; else the one of all. */
    private static List<Integer> ports(PodView pod, String name, int least, int otherwise) {
        Map<String, String> labels = pod.labels();
        String said = labels.getOrDefault(name, pod.annotations().getOrDefault(name, ""));
        List<Integer> ports = new ArrayList<>();
        for (String each : said.split("[.,]", -1)) {
            String digits = each.strip();
            boolean number = !digits.isEmpty() && digits.length() <= 5
                    && digits.chars().allMatch(letter -> letter >= '0' && letter <= '9');
            int port = number ? Integer.parseInt(digits) : -1;
            if (port < least || port > MOST_PORT) {
                return List.of(otherwise);
            }
            ports.add(port);
        }
        return ports;
    }
}
