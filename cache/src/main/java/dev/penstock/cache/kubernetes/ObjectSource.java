package dev.penstock.cache.kubernetes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind, in one namespace or in all, as the API server shows them. Its calls block, and end early when
 * the thread is interrupted; any thread.
 *
 * @param <T> what an object means to the cache
 */
interface ObjectSource<T> {

    /**
     * A part of a list.
     *
     * @param <T> what an object means to the cache
     * @param readings the objects
     * @param version version of the list as a whole, from which on it can be watched
     * @param next where it goes on, or null where this was the last part
     */
    record Page<T>(List<Reading<T>> readings, String version, @Nullable String next) {

        /** Copies the list. */
        public Page {
            readings = List.copyOf(readings);
        }
    }

    /**
     * Takes what a watch tells. Called by one thread at a time, never after the end.
     *
     * @param <T> what an object means to the cache
     */
    interface Sink<T> {

        /** An object has come, or is another now. */
        void changed(Reading<T> reading);

        /** An object has left. */
        void gone(ObjectKey key, String uid);

        /** Nothing has happened, and the server says so. */
        void bookmark();

        /** The watch has ended, whoever ended it. */
        void ended(ApiException reason);
    }

    /** A watch that stands. Any thread closes it, any number of times, without waiting. */
    interface Connection {

        /** Ends the watch. */
        void close();
    }

    /**
     * Reads a part of the list as it is now.
     *
     * @param from where it goes on, or null for the beginning
     * @param limit most objects, or 0 for all of them
     */
    Page<T> list(@Nullable String from, int limit) throws ApiException;

    /** Begins to watch what changes after a version. */
    Connection watch(String version, Sink<T> sink) throws ApiException;
}
