package dev.penstock.core.port;

import dev.penstock.core.model.ModelRate;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Usage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request may go on: keys and limits. Any thread may ask; the answer comes at most once, on any
 * thread, perhaps before {@link #admit} returns.
 */
@FunctionalInterface
public interface Admission {

    /** Admits everything. */
    Admission UNLIMITED = new Admission() {
        @Override
        public void admit(Request request, Consumer<Decision> answer) {
            answer.accept(Admitted.FREELY);
        }

        @Override
        public boolean wants(@Nullable ModelRate rate) {
            return false;
        }
    };

    /**
     * Asks. Never blocks.
     *
     * @param request the request
     * @param answer takes the decision
     */
    void admit(Request request, Consumer<Decision> answer);

    /**
     * Whether it has to be asked at all. Where it has not, a request goes on without being described.
     *
     * @param rate how often the request's model may be asked, or null for as often as one likes
     */
    default boolean wants(@Nullable ModelRate rate) {
        return true;
    }

    /**
     * What is asked about.
     *
     * @param id the request's id
     * @param api the call
     * @param model the model that is asked
     * @param rate how often it may be asked, or null for as often as one likes
     * @param user the user of the key, else the value of the {@code user} header, or null
     * @param authorization value of the {@code authorization} header, or null; never to be logged
     * @param key the key that the client has shown, or null where none is asked for
     * @param deadlineNanos when the answer comes too late, by the host's clock
     */
    record Request(String id, Api api, String model, @Nullable ModelRate rate, @Nullable String user,
            @Nullable String authorization, @Nullable ApiKey key, long deadlineNanos) {
        @Override
        public String toString() {
            return "Request[" + id + ", " + api + ", " + model + "]";
        }
    }

    /** The answer. */
    sealed interface Decision {}

    /**
     * The request may go on.
     *
     * @param user the user that it counts for, or null
     * @param grant what was taken for it
     */
    record Admitted(@Nullable String user, Grant grant) implements Decision {
        /** Nothing was taken. */
        public static final Admitted FREELY = new Admitted(null, Grant.NOTHING);
    }

    /**
     * The request must not go on.
     *
     * @param error the error that the client gets
     * @param message text for the client
     * @param retryAfterSeconds value of {@code Retry-After}; -1 for none
     */
    record Rejected(ErrorCode error, String message, long retryAfterSeconds) implements Decision {}

    /** What was taken from the limits for one request; ended once, by one of its methods. */
    interface Grant {

        /** Nothing to give back. */
        Grant NOTHING = new Grant() {
            @Override
            public void refund() {}

            @Override
            public void settle(Usage usage) {}
        };

        /** The request was not routed: gives everything back. */
        void refund();

        /** The request has ended: the tokens that it really used. */
        void settle(Usage usage);
    }
}
