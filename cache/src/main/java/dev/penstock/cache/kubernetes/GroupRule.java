package dev.penstock.cache.kubernetes;

import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which group a pod is in: by the label of its Ray fleet, by the label that names groups, or by who owns it. Pure; any
 * thread.
 *
 * @param fleetLabel label that names the fleet of a Ray cluster
 * @param groupLabel label that names the group of any other pod
 */
record GroupRule(String fleetLabel, String groupLabel) {

    private static final String RAY_NODE = "ray.io/is-ray-node";
    private static final Pattern REPLICA_SET = Pattern.compile("(.+)-[a-z0-9]+");
    // Of a fleet comes a set, whose name ends in a hash, and of that a cluster, whose name ends in random letters.
    private static final Pattern RAY_CLUSTER = Pattern.compile("(.+)-[a-z0-9]+-[a-z0-9]+");

    /** The group of a pod; empty where nothing names one. */
    String groupOf(Map<String, String> labels, @Nullable List<OwnerReference> owners) {
        String fleet = labels.get(fleetLabel);
        if (fleet != null) {
            return fleet;
        }
        String group = labels.get(groupLabel);
        // The operator of Ray gives all its pods, of whatever cluster, the same name.
        if (group != null && !"yes".equals(labels.get(RAY_NODE))) {
            return group;
        }
        for (OwnerReference owner : owners == null ? List.<OwnerReference>of() : owners) {
            String name = owner == null || owner.getKind() == null || owner.getName() == null ? null
                    : withoutHashes(owner.getKind(), owner.getName());
            if (name != null) {
                return name;
            }
        }
        return "";
    }

    private static @Nullable String withoutHashes(String kind, String name) {
        Matcher matcher = switch (kind) {
            case "ReplicaSet" -> REPLICA_SET.matcher(name);
            case "RayCluster" -> RAY_CLUSTER.matcher(name);
            default -> null;
        };
        return matcher != null && matcher.matches() ? matcher.group(1) : null;
    }
}
