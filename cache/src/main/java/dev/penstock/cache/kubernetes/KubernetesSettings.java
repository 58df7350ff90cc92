package dev.penstock.cache.kubernetes;

import dev.penstock.core.config.Durations;
import dev.penstock.core.config.Setting;
import dev.penstock.core.config.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Which part of which cluster is looked at, and how. Immutable; any thread.
 *
 * @param enabled whether pods are learned from Kubernetes at all
 * @param namespaces the namespaces that are looked at; empty means all
 * @param podSelector label selector that the API server applies to pods; empty means all
 * @param kubeconfig the kubeconfig file; empty means the one that kubectl would take, or that of the pod it runs in
 * @param context the context of it; empty means its current one
 * @param relistNanos time between two lists of everything; 0 means that only a lost watch is followed by one
 * @param silenceNanos time after which a watch that says nothing at all counts as lost; 0 means never
 * @param timeoutNanos time for the API server to answer
 * @param modelAdapters whether adapters are looked at
 * @param fleetLabel label that names the group of a pod before any other
 */
public record KubernetesSettings(boolean enabled, List<String> namespaces, String podSelector, String kubeconfig,
        String context, long relistNanos, long silenceNanos, long timeoutNanos, ModelAdapters modelAdapters,
        String fleetLabel) {

    /** Whether adapters are looked at. */
    public enum ModelAdapters {
        /** If the cluster knows the resource; looked for again at each relist. */
        AUTO,
        /** Yes; it is an error if the cluster does not know the resource. */
        ON,
        /** No. */
        OFF
    }

    /** Whether it is on. */
    public static final Setting<Boolean> ENABLED = Setting.flag("kubernetes.enabled", false, false,
            "Whether pods and adapters are learned from Kubernetes.");
    /** Namespaces. */
    public static final Setting<List<String>> NAMESPACES = new Setting<>("kubernetes.namespaces", "",
            KubernetesSettings::names, false, "Namespaces that are looked at, separated by commas; empty: all.");
    /** Selector of pods. */
    public static final Setting<String> POD_SELECTOR = Setting.text("kubernetes.pod-selector", "", false,
            "Label selector that the API server applies to pods; empty: it tells of all.");
    /** Kubeconfig file. */
    public static final Setting<String> KUBECONFIG = Setting.text("kubernetes.kubeconfig", "", false,
            "Kubeconfig file; empty: the one that kubectl takes, else the service account of the own pod.");
    /** Context. */
    public static final Setting<String> CONTEXT = Setting.text("kubernetes.context", "", false,
            "Context of the kubeconfig file; empty: its current one.");
    /** Relist interval. */
    public static final Setting<Long> RELIST = duration("kubernetes.relist", "5m", true,
            "Time between two lists of everything, which find what a watch has missed; off: only after a lost watch.");
    /** Longest silence. */
    public static final Setting<Long> SILENCE = duration("kubernetes.silence", "3m", true,
            "Time after which a watch that tells nothing counts as lost; the API server gives a sign each minute.");
    /** Timeout. */
    public static final Setting<Long> TIMEOUT = duration("kubernetes.timeout", "30s", false,
            "Time for the API server to answer.");
    /** Adapters. */
    public static final Setting<ModelAdapters> MODEL_ADAPTERS = Setting.choice("kubernetes.model-adapters",
            ModelAdapters.AUTO, false, "Whether ModelAdapter resources are looked at: auto (if there are), on or off.");
    /** Fleet label. */
    public static final Setting<String> FLEET_LABEL = Setting.text("kubernetes.fleet-label",
            "orchestration.aibrix.ai/raycluster-fleet-name", false,
            "Label that names the group of a pod, before the one of cache.group-by.");

    /** All of them, in the order in which a person reads them. */
    public static final List<Setting<?>> ALL = List.of(ENABLED, NAMESPACES, POD_SELECTOR, KUBECONFIG, CONTEXT, RELIST,
            SILENCE, TIMEOUT, MODEL_ADAPTERS, FLEET_LABEL);

    private static final long SHORTEST_NANOS = 1_000_000_000;
    private static final String NAMESPACE = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

    /** Copies the list. */
    public KubernetesSettings {
        namespaces = List.copyOf(namespaces);
    }

    /** What holds when nobody says anything: it is off. */
    public static KubernetesSettings defaults() {
        return from(Settings.conclude(ALL, Map.of(), Map.of(), Map.of()));
    }

    /** This part of all settings. */
    public static KubernetesSettings from(Settings settings) {
        return new KubernetesSettings(settings.get(ENABLED), settings.get(NAMESPACES), settings.get(POD_SELECTOR),
                settings.get(KUBECONFIG), settings.get(CONTEXT), settings.get(RELIST), settings.get(SILENCE),
                settings.get(TIMEOUT), settings.get(MODEL_ADAPTERS), settings.get(FLEET_LABEL));
    }

    /** What can be seen to be wrong without asking anybody. */
    public List<String> problems() {
        return !enabled || kubeconfig.isEmpty() || Files.isReadable(Path.of(kubeconfig)) ? List.of()
                : List.of(KUBECONFIG.name() + ": " + kubeconfig + ": cannot be read");
    }

    private static Setting<Long> duration(String name, String defaultText, boolean mayBeOff, String description) {
        return new Setting<>(name, defaultText, text -> {
            long nanos = Durations.nanos(text);
            if (nanos < SHORTEST_NANOS && (nanos != 0 || !mayBeOff)) {
                throw new IllegalArgumentException("expected: at least 1s" + (mayBeOff ? ", or off" : ""));
            }
            return nanos;
        }, false, description);
    }

    private static List<String> names(String text) {
        List<String> names = Arrays.stream(text.split(",", -1)).map(String::strip).filter(name -> !name.isEmpty())
                .distinct().toList();
        for (String name : names) {
            if (!name.matches(NAMESPACE)) {
                throw new IllegalArgumentException("expected: names of namespaces, separated by commas; not " + name);
            }
        }
        return names;
    }
}
