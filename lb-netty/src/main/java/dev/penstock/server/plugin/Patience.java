package dev.penstock.server.plugin;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long code of a plugin may take that is asked at the start, before there is a watchdog. It runs on a thread of its
 * own, {@code lb-plugin}, which shows the plugin's classes, and which is left behind where it does not come back.
 *
 * @param millis the time for one question
 */
record Patience(long millis) {

    /** Enough to read a large table, and less than whoever starts the process will wait. */
    static final Patience STANDARD = new Patience(10_000);

    /**
     * Asks, and waits for the answer.
     *
     * @param classes what the thread shows
     * @throws Throwable whatever the plugin throws; {@link IllegalStateException} where it does not come back
     */
    <T> T ask(ClassLoader classes, Callable<T> question) throws Throwable {
        FutureTask<T> asked = new FutureTask<>(question);
        Thread thread = Thread.ofPlatform().name("lb-plugin").daemon().unstarted(asked);
        thread.setContextClassLoader(classes);
        thread.start();
        try {
            return asked.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() == null ? e : e.getCause();
        } catch (TimeoutException e) {
            // The cause would say the same in other words.
            throw new IllegalStateException("does not come back: " + where(thread));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the start was interrupted", e);
        }
    }

    private static String where(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length == 0 ? "it has ended just now" : "it is in " + stack[0];
    }
}
