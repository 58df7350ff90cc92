package dev.penstock.cache.limits;

/** What Redis has answered says nothing; that has been told already. Carries no stack trace: it is expected. */
final class UnusableAnswerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnusableAnswerException() {
        super(null, null, false, false);
    }
}
