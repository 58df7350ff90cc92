package dev.penstock.routers.load;

/**
 * What pods are compared by: a cost, of which a part may grow with the length of the prompt and of the answer.
 *
 * @param name how counters and notes call it; lower case letters and underscores
 * @param cost the part that is the same for all requests; where it is missing, the pod cannot be compared
 * @param perPromptToken what each token of the prompt adds
 * @param perOutputToken what each token of the answer adds
 */
record Basis(String name, Figure cost, Figure perPromptToken, Figure perOutputToken) {

    /** A cost that is the same for all requests. */
    static Basis of(String name, Figure cost) {
        return new Basis(name, cost, Figure.ZERO, Figure.ZERO);
    }

    /** Whether the cost grows with a request. */
    boolean byTokens() {
        return perPromptToken != Figure.ZERO || perOutputToken != Figure.ZERO;
    }
}
