package dev.penstock.server.disaggregated;

/** What a prefill endpoint has answered cannot be handed over. Expected, and so without a stack trace. */
public final class UnusableAnswerException extends Exception {
    private static final long serialVersionUID = 1;

    UnusableAnswerException(String message) {
        super(message, null, false, false);
    }
}
