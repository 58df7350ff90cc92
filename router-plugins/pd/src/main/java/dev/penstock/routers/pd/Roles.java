package dev.penstock.routers.pd;

import dev.penstock.spi.PodView;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What labels and annotations of pods say, by slot: read once for each pod as it is, so that a decision reads arrays.
 * Confined to one thread.
 */
final class Roles {

    /** What a pod does. */
    enum Role {
        /** Nothing that is known: no role, no roleset, or another pod answers for it. */
        NONE,
        /** Computes prompts. */
        PREFILL,
        /** Generates answers. */
        DECODE,
        /** Something else in a roleset: both, if its profile says so. */
        OTHER
    }

    private static final String ROLESET = "roleset-name";
    private static final String ROLE = "role-name";
    private static final String GROUP_INDEX = "stormservice.orchestration.aibrix.ai/pod-group-index";
    private static final String FIRST_OF_GROUP = "0";
    private static final String PROFILES = "model.aibrix.ai/config";
    // Names of rolesets that have left are forgotten when there are so many more names than pods.
    private static final int SPARE_NAMES = 64;

    private final String connector;
    private final Map<Roleset, Integer> sets = new HashMap<>();
    private final Map<String, PodProfiles> documents = new HashMap<>();
    private @Nullable PodView[] known = {};
    private Role[] roles = {};
    private int[] setOf = {};
    private String[] connectors = {};
    private PodProfiles[] profiles = {};

    /** Only pods of one namespace and engine can take over from each other. */
    private record Roleset(String namespace, String name, String engine) {}

    /** For pods of vLLM that do not tell how they hand over. */
    Roles(String connector) {
        this.connector = connector;
    }

    /** Reads a pod that has changed since it was read, or was never; to be called before anything is asked of it. */
    void learn(PodView pod) {
        int slot = pod.slot();
        if (slot >= known.length) {
            grow(Math.max(slot + 1, 2 * known.length));
        }
        if (known[slot] != pod) {
            read(pod, slot);
        }
    }

    /** What a pod does that was learned. */
    Role role(int slot) {
        return roles[slot];
    }

    /** Number of the roleset of a pod that has a role. */
    int set(int slot) {
        return setOf[slot];
    }

    /** How a prefill pod hands over. */
    String connector(int slot) {
        return connectors[slot];
    }

    /** Which prompts a pod takes. */
    PodProfiles profiles(int slot) {
        return profiles[slot];
    }

    /** More than the highest number of a roleset. */
    int sets() {
        return sets.size();
    }

    /** Forgets a pod that has left. */
    void forget(PodView pod) {
        int slot = pod.slot();
        if (slot < known.length) {
            known[slot] = null;
        }
    }

    /**
     * Forgets everything where most of it is of rolesets that have left. Not between learning and asking.
     *
     * @return whether numbers of rolesets mean nothing any more
     */
    boolean forgetIfCrowded(int slots) {
        if (sets.size() <= slots + SPARE_NAMES && documents.size() <= slots + SPARE_NAMES) {
            return false;
        }
        sets.clear();
        documents.clear();
        Arrays.fill(known, null);
        return true;
    }

    private void grow(int length) {
        int before = known.length;
        known = Arrays.copyOf(known, length);
        roles = Arrays.copyOf(roles, length);
        setOf = Arrays.copyOf(setOf, length);
        connectors = Arrays.copyOf(connectors, length);
        profiles = Arrays.copyOf(profiles, length);
        Arrays.fill(roles, before, length, Role.NONE);
        Arrays.fill(connectors, before, length, connector);
        Arrays.fill(profiles, before, length, PodProfiles.NONE);
    }

    private void read(PodView pod, int slot) {
        known[slot] = pod;
        Map<String, String> labels = pod.labels();
        String name = labels.get(ROLESET);
        String role = labels.get(ROLE);
        if (name == null || name.isEmpty() || role == null || role.isEmpty()
                || !FIRST_OF_GROUP.equals(labels.getOrDefault(GROUP_INDEX, FIRST_OF_GROUP))) {
            roles[slot] = Role.NONE;
            return;
        }
        roles[slot] = switch (role) {
            case "prefill" -> Role.PREFILL;
            case "decode" -> Role.DECODE;
            default -> Role.OTHER;
        };
        Integer set = sets.get(new Roleset(pod.namespace(), name, pod.engine()));
        if (set == null) {
            set = sets.size();
            sets.put(new Roleset(pod.namespace(), name, pod.engine()), set);
        }
        setOf[slot] = set;
        connectors[slot] = Connectors.of(pod, connector);
        String document = pod.annotations().get(PROFILES);
        profiles[slot] = document == null ? PodProfiles.NONE
                : documents.computeIfAbsent(document, PodProfiles::read);
    }
}
