package dev.penstock.cache.kubernetes;

import dev.penstock.cache.kubernetes.KubernetesSettings.ModelAdapters;
import dev.penstock.core.port.Metrics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be watched, by the settings: pods, and adapters unless they are off, in each namespace or in all at once.
 *
 * @param settings the settings
 * @param groupLabel label that names the group of a pod
 * @param outbox where commands go
 * @param metrics where it counts
 * @param around what each of them works with
 */
record WatchList(KubernetesSettings settings, String groupLabel, Outbox outbox, Metrics metrics,
        ListWatch.Surroundings around) {

    /** All of it, at a server. */
    List<ListWatch<?>> of(ApiServer server) {
        PodReader reader = new PodReader(new GroupRule(settings.fleetLabel(), groupLabel));
        List<ListWatch<?>> all = new ArrayList<>();
        if (settings.namespaces().isEmpty()) {
            add(server, reader, null, all);
        }
        for (String namespace : settings.namespaces()) {
            add(server, reader, namespace, all);
        }
        return all;
    }

    private void add(ApiServer server, PodReader reader, @Nullable String namespace, List<ListWatch<?>> all) {
        all.add(listWatch(Kind.pods(KubernetesDiscovery.SOURCE), namespace,
                server.pods(namespace, settings, reader::read)));
        if (settings.modelAdapters() != ModelAdapters.OFF) {
            boolean mayBeAbsent = settings.modelAdapters() == ModelAdapters.AUTO;
            all.add(listWatch(Kind.adapters(KubernetesDiscovery.SOURCE, mayBeAbsent), namespace,
                    server.adapters(namespace, settings)));
        }
    }

    private <T> ListWatch<T> listWatch(Kind<T> kind, @Nullable String namespace, ObjectSource<T> source) {
        String name = kind.label() + (namespace == null ? "" : " of namespace " + namespace);
        return new ListWatch<>(name, kind, source, outbox, new KubernetesMetrics(metrics, kind.label()), around);
    }
}
