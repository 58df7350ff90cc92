package dev.penstock.server;

import java.util.ArrayDeque;
import java.util.Deque;

/** What has been started so far, to be ended again when a later part cannot start. */
final class Undo {

    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
        started.push(part);
        return part;
    }

    /** Ends the parts, the last one first. */
    void run() {
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                System.getLogger(Undo.class.getName()).log(System.Logger.Level.DEBUG, "while giving up the start", e);
            }
        }
    }
}
