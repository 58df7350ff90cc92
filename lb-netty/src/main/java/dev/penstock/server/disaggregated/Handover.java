package dev.penstock.server.disaggregated;

import java.util.List;

/** What one connector adds to the two bodies of a request. Holds what belongs to that request; confined to its loop. */
sealed interface Handover {
    /** Keys of the request's body that it may set, beyond those that every prefill body has set. */
    List<String> keys();

    /** Adds to the edits that every prefill body has. */
    void prefill(ObjectEdit body);

    /** One whose decode endpoint has to know what the prefill endpoint answered. */
    non-sealed interface Serial extends Handover {
        /**
         * Adds what the prefill endpoint has answered to the decode body.
         *
         * @return whether anything was handed over
         * @throws UnusableAnswerException where the answer is not what the connector's engines answer
         */
        boolean decode(ObjectEdit body, PrefillAnswer answer) throws UnusableAnswerException;
    }

    /** One whose endpoints find each other: both are called at once. */
    non-sealed interface Parallel extends Handover {
        /** Adds what the decode endpoint has to know. */
        void decode(ObjectEdit body);
    }
}
