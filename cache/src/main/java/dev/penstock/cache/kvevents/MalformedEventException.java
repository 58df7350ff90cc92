package dev.penstock.cache.kvevents;

/** A message of an engine that is not what it should be. Made for each of them, so without a stack trace. */
final class MalformedEventException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedEventException(String message) {
        super(message, null, false, false);
    }
}
