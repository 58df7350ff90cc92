package dev.penstock.server.exchange;

/**
 * The id of a request: the client's own, the trace it belongs to, or a random one. Holds no state.
 */
final class RequestIds {
    private static final int MAX_LENGTH = 128;

    private RequestIds() {
    }

    static String of(RequestHead head, TraceContext trace) {
        String own = head.header(HeaderNames.X_REQUEST_ID);
        if (own != null && valid(own)) {
            return own;
        }
        return trace.given() ? trace.traceId() : trace.uuid();
    }

    private static boolean valid(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '-') {
                return false;
            }
        }
        return true;
    }
}
