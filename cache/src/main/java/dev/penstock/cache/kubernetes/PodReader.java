package dev.penstock.cache.kubernetes;

import dev.penstock.cache.snapshot.PodSpec;
import dev.penstock.core.model.ModelClaim;
import dev.penstock.core.model.PodIdentity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a pod of Kubernetes means to the cache, by the labels and annotations that AIBrix knows. Never throws:
 * whatever a pod holds, it is taken, ignored, or refused with reasons. Pure; any thread.
 */
final class PodReader {

    static final String MODEL = "model.aibrix.ai/name";
    static final String PORT = "model.aibrix.ai/port";
    static final String ENGINE = "model.aibrix.ai/engine";
    static final String DRAINING = "aibrix.ai/draining";
    static final String RAY_NODE_TYPE = "ray.io/node-type";
    static final String POD_GROUP_INDEX = "stormservice.orchestration.aibrix.ai/pod-group-index";
    static final String DATA_PARALLEL = "data-parallel-size";
    static final int DEFAULT_PORT = 8000;
    static final String DEFAULT_ENGINE = "vllm";

    private static final int MOST_PORTS = 1024;
    private static final int LONGEST_NAME = 512;
    private static final int LONGEST_ANNOTATION = 64 << 10;

    private final GroupRule groups;

    PodReader(GroupRule groups) {
        this.groups = groups;
    }

    /** Reads a pod. */
    Reading<PodSpec> read(Pod pod) {
        ObjectMeta meta = Objects.requireNonNullElseGet(pod.getMetadata(), ObjectMeta::new);
        ObjectKey key = new ObjectKey(text(meta.getNamespace()), text(meta.getName()));
        String uid = text(meta.getUid());
        Map<String, String> labels = strings(meta.getLabels());
        Map<String, String> annotations = strings(meta.getAnnotations());
        PodStatus status = Objects.requireNonNullElseGet(pod.getStatus(), PodStatus::new);
        if (isWorker(labels) || isOver(status)) {
            return Reading.ignored(key, uid);
        }
        List<String> problems = new ArrayList<>();
        String model = model(labels, annotations, problems);
        if (!problems.isEmpty()) {
            return Reading.refused(key, uid, problems);
        }
        List<Integer> ports = model == null ? List.of() : ports(pod, labels, problems);
        String host = host(status, problems);
        if (!problems.isEmpty()) {
            return Reading.refused(key, uid, problems);
        }
        // From here on a problem takes away what it is about, and nothing else.
        List<ModelClaim> claims = ClaimReader.read(annotations, ports, problems);
        if (model == null && claims.isEmpty()) {
            return new Reading<>(key, uid, null, problems);
        }
        boolean ready = !host.isEmpty() && meta.getDeletionTimestamp() == null && isReady(status)
                && !"true".equals(annotations.get(DRAINING));
        return new Reading<>(key, uid, new PodSpec(new PodIdentity(key.namespace(), key.name(), uid), host, ports,
                groups.groupOf(labels, meta.getOwnerReferences()), engine(labels, annotations), ready, labels,
                kept(annotations, problems), model == null ? Set.of() : Set.of(model), claims), problems);
    }

    /** A pod that serves nobody itself: it helps another one. */
    private static boolean isWorker(Map<String, String> labels) {
        if ("worker".equals(labels.get(RAY_NODE_TYPE))) {
            return true;
        }
        String index = labels.getOrDefault(POD_GROUP_INDEX, "0");
        return !index.isEmpty() && !index.chars().allMatch(c -> c == '0');
    }

    /** Its containers have ended for good, and nothing can be in flight there: evicted pods stay listed for long. */
    private static boolean isOver(PodStatus status) {
        return "Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase());
    }

    private static boolean isReady(PodStatus status) {
        return status.getConditions() != null && status.getConditions().stream().anyMatch(condition ->
                condition != null && "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    }

    /** The base model; null where it has none. A label cannot hold a slash, hence the annotation. */
    private static @Nullable String model(Map<String, String> labels, Map<String, String> annotations,
            List<String> problems) {
        String label = labels.getOrDefault(MODEL, "");
        String name = label.isEmpty() ? annotations.getOrDefault(MODEL, "") : label;
        if (name.isEmpty()) {
            return null;
        }
        String problem = problemOfName(name);
        if (problem != null) {
            problems.add((label.isEmpty() ? "annotation " : "label ") + MODEL + ": " + problem);
        }
        return name;
    }

    /** What is wrong with the name of a model; null where it is good. */
    static @Nullable String problemOfName(String name) {
        if (name.isBlank() || name.length() > LONGEST_NAME) {
            return "expected: a name of at most " + LONGEST_NAME + " characters";
        }
        boolean clean = name.codePoints().noneMatch(c -> Character.isISOControl(c) || Character.isWhitespace(c)
                || isLoneSurrogate(c));
        return clean ? null : "expected: a name without spaces and control characters";
    }

    private static List<Integer> ports(Pod pod, Map<String, String> labels, List<String> problems) {
        String said = labels.getOrDefault(PORT, "");
        int base = said.isEmpty() ? DEFAULT_PORT : number(said, 65_535);
        if (base < 1) {
            problems.add("label " + PORT + ": expected: 1 to 65535, not " + quoted(said));
            return List.of();
        }
        int count = 1;
        for (String size : dataParallelSizes(pod)) {
            int ranks = number(size, MOST_PORTS);
            if (ranks < 1 || base + ranks - 1 > 65_535) {
                problems.add("environment " + DATA_PARALLEL + ": expected: 1 to "
                        + Math.min(MOST_PORTS, 65_535 - base + 1) + " ports from " + base + " on, not " + quoted(size));
                return List.of();
            }
            count = Math.max(count, ranks);
        }
        return IntStream.range(base, base + count).boxed().toList();
    }

    private static List<String> dataParallelSizes(Pod pod) {
        List<String> sizes = new ArrayList<>();
        if (pod.getSpec() == null || pod.getSpec().getContainers() == null) {
            return sizes;
        }
        for (Container container : pod.getSpec().getContainers()) {
            if (container == null || container.getEnv() == null) {
                continue;
            }
            for (EnvVar variable : container.getEnv()) {
                if (variable != null && DATA_PARALLEL.equals(variable.getName()) && variable.getValue() != null) {
                    sizes.add(variable.getValue());
                }
            }
        }
        return sizes;
    }

    private static String host(PodStatus status, List<String> problems) {
        String address = text(status.getPodIP()).toLowerCase(Locale.ROOT);
        if (address.isEmpty()) {
            return "";
        }
        try {
            InetAddress.ofLiteral(address);
            return address;
        } catch (IllegalArgumentException e) {
            problems.add("status.podIP: expected: an IP address, not " + quoted(address));
            return "";
        }
    }

    private static String engine(Map<String, String> labels, Map<String, String> annotations) {
        String label = labels.getOrDefault(ENGINE, "");
        String said = (label.isEmpty() ? annotations.getOrDefault(ENGINE, "") : label).strip();
        return said.isEmpty() ? DEFAULT_ENGINE : said.toLowerCase(Locale.ROOT);
    }

    /** What somebody here reads. The rest changes often, may be long, and would be held for each pod. */
    private static Map<String, String> kept(Map<String, String> annotations, List<String> problems) {
        Map<String, String> kept = new LinkedHashMap<>();
        annotations.forEach((name, value) -> {
            int slash = name.indexOf('/');
            String domain = slash < 0 ? "" : name.substring(0, slash);
            if (!domain.equals("aibrix.ai") && !domain.endsWith(".aibrix.ai") && !domain.equals("penstock.dev")) {
                return;
            }
            if (value.length() > LONGEST_ANNOTATION) {
                problems.add("annotation " + quoted(name) + ": longer than " + LONGEST_ANNOTATION + " characters");
                return;
            }
            kept.put(name, value);
        });
        return kept;
    }

    /** A number from 1 to a bound, or -1. */
    static int number(String text, int most) {
        String digits = text.strip();
        if (digits.isEmpty() || digits.length() > 9 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        int value = Integer.parseInt(digits);
        return value >= 1 && value <= most ? value : -1;
    }

    /** A text for a person, on one line and not too long. */
    static String quoted(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints().limit(80).forEach(c -> shown.appendCodePoint(
                Character.isISOControl(c) || isLoneSurrogate(c) ? '?' : c));
        return shown.append(text.codePointCount(0, text.length()) > 80 ? "...\"" : "\"").toString();
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static Map<String, String> strings(@Nullable Map<String, String> map) {
        Map<String, String> strings = new LinkedHashMap<>();
        if (map != null) {
            map.forEach((name, value) -> {
                if (name != null) {
                    strings.put(name, text(value));
                }
            });
        }
        return strings;
    }
}
