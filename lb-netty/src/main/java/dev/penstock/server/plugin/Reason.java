package dev.penstock.server.plugin;

import org.jspecify.annotations.Nullable;

/** Says in one line why a plugin failed, whatever it threw. */
final class Reason {

    private Reason() {}

    /** What went wrong, with its cause where that says more. */
    static String of(Throwable error) {
        String message = message(error);
        Throwable cause = error.getCause();
        String because = cause == null ? "" : message(cause);
        return message.contains(because) ? message : message + ": " + because;
    }

    private static String message(Throwable error) {
        String message = text(error);
        return message == null || message.isBlank() ? error.getClass().getName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    // Its message is code of the plugin too.
    private static @Nullable String text(Throwable error) {
        try {
            return error.getMessage();
        } catch (RuntimeException e) {
            return null;
        }
    }
}
