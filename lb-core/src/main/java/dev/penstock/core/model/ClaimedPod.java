package dev.penstock.core.model;

/**
 * A pod and what it claims of a model. Immutable; any thread.
 *
 * @param pod who it is
 * @param host its IP address or host name, without brackets; empty while it has none
 * @param ready whether the pod itself is well
 * @param claim what it claims
 */
public record ClaimedPod(PodIdentity pod, String host, boolean ready, ModelClaim claim) {

    /** Whether the pod can be asked to serve the model: it sleeps there, and somebody is there to be asked. */
    public boolean wakeable() {
        return claim.state() == ModelClaim.State.SLEEPING && ready && !host.isEmpty();
    }
}
