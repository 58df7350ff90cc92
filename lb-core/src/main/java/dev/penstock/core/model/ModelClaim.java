package dev.penstock.core.model;

/**
 * What a pod says of a model that it runs, or could run, beside its own ones: a pool of pods takes models on and puts
 * them to sleep again. Immutable; any thread.
 *
 * @param name name of the claim
 * @param model the model
 * @param port the port that serves this model and no other; 0 unless it is active
 * @param state how far it is
 */
public record ModelClaim(String name, String model, int port, State state) {

    /** How far a pod is with a model; the first ones are nearer to an answer. */
    public enum State {
        /** It is served. */
        ACTIVE,
        /** It is being loaded or woken. */
        ACTIVATING,
        /** It can be woken. */
        SLEEPING,
        /** It could not be loaded. */
        FAILED
    }

    /**
     * Checks the port.
     *
     * @throws IllegalArgumentException where an active claim has no port, or another one has
     */
    public ModelClaim {
        boolean served = port > 0 && port <= 65_535;
        if (port < 0 || port > 65_535 || served != (state == State.ACTIVE)) {
            throw new IllegalArgumentException("claim " + name + ": port " + port + " (expected: "
                    + (state == State.ACTIVE ? "1 to 65535" : "0") + ", because it is " + state + ")");
        }
    }
}
