package dev.penstock.core.port;

import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * The users and what each may send. A call may wait for a file or for another process: never on an event loop that
 * carries traffic. Whoever implements it says which threads may call.
 *
 * <p>Every call throws {@link UncheckedIOException} where the store cannot be read or written.
 */
public interface Users {

    /**
     * A user.
     *
     * @param name the name, unique and never empty
     * @param rpm requests a minute; 0 as the service in front takes it
     * @param tpm tokens a minute
     */
    record User(String name, long rpm, long tpm) {

        /**
         * Checks the parts.
         *
         * @throws IllegalArgumentException where the name is empty or a limit is below zero
         */
        public User {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("name must not be empty");
            }
            if (rpm < 0 || tpm < 0) {
                throw new IllegalArgumentException("rpm and tpm must be non-negative");
            }
        }
    }

    /** A user, or null where there is none of this name. */
    @Nullable User read(String name);

    /** Adds a user; false where there is one of this name, who stays as he is. */
    boolean create(User user);

    /** Replaces a user; false where there is none of this name. */
    boolean update(User user);

    /** Removes a user; false where there is none of this name. */
    boolean delete(String name);
}
