package dev.penstock.core.model;

/**
 * Who a pod is.
 *
 * @param namespace its namespace
 * @param name its name, unique in the namespace at one time
 * @param uid unique for ever
 */
public record PodIdentity(String namespace, String name, String uid) {

    /** {@code namespace/name}. */
    public String key() {
        return namespace + "/" + name;
    }
}
