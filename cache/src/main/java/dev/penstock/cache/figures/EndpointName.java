package dev.penstock.cache.figures;

import java.util.List;

/**
 * Who is in a slot, as the figures file shows it: without it, the figures are of nobody. Immutable; any thread.
 *
 * @param namespace namespace of the pod
 * @param pod name of the pod
 * @param address {@code host:port}
 * @param uid identity of the pod
 * @param models names of models that the endpoint serves, in order; the first ones where there is no room for all
 * @param modelCount how many models it serves
 */
public record EndpointName(String namespace, String pod, String address, String uid, List<String> models,
        int modelCount) {

    /** Copies the list. */
    public EndpointName {
        models = List.copyOf(models);
    }
}
