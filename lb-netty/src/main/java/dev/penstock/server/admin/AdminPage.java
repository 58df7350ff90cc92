package dev.penstock.server.admin;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A page of the admin port. Called by {@code lb-admin} alone; must not block for long. */
@FunctionalInterface
public interface AdminPage {

    /**
     * The page as it is now.
     *
     * @param query the parameters of the query string
     */
    Reply get(Map<String, List<String>> query);

    /**
     * What is answered.
     *
     * @param status HTTP status
     * @param contentType content type
     * @param body the bytes; not to be changed
     * @param allow methods that the page knows, where it was asked with another one; else empty
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, compared by nobody
    record Reply(int status, String contentType, byte[] body, String allow) {

        /** A document. */
        public Reply(int status, String contentType, byte[] body) {
            this(status, contentType, body, "");
        }

        /** Refuses the method. */
        public static Reply only(String methods) {
            Reply text = text(405, "only " + methods.replace(", HEAD", ""));
            return new Reply(text.status, text.contentType, text.body, methods);
        }

        /** A line of text. */
        public static Reply text(int status, String text) {
            return new Reply(status, "text/plain; charset=utf-8", (text + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }
}
