package dev.penstock.server.relay;

/** The form of a host with its port, as requests name it. Any thread; holds no state. */
public final class Authority {
    private static final int MOST_PORT_DIGITS = 5;

    private Authority() {
    }

    /**
     * Whether the bytes of a range are {@code name}, {@code name:port}, {@code [address]} or {@code [address]:port}
     * (RFC 3986, without user information).
     */
    public static boolean valid(byte[] bytes, int from, int to) {
        if (from == to) {
            return false;
        }
        int at = from;
        if (bytes[at] == '[') {
            at++;
            while (at < to && (isHostByte(bytes[at]) || bytes[at] == ':')) {
                at++;
            }
            if (at == from + 1 || at == to || bytes[at++] != ']') {
                return false;
            }
        } else {
            while (at < to && isHostByte(bytes[at])) {
                at++;
            }
            if (at == from) {
                return false;
            }
        }
        return at == to || (bytes[at] == ':' && isPort(bytes, at + 1, to));
    }

    private static boolean isPort(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return false;
            }
        }
        return to - from <= MOST_PORT_DIGITS;
    }

    /** RFC 3986, reg-name, but for the comma: two hosts joined by one are no host. */
    private static boolean isHostByte(byte b) {
        if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')) {
            return true;
        }
        return switch (b) {
            case '-', '.', '_', '~', '%', '!', '$', '&', '\'', '(', ')', '*', '+', ';', '=' -> true;
            default -> false;
        };
    }
}
