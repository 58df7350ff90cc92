package dev.penstock.server.exchange;

import dev.penstock.server.relay.Ascii;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.spi.ErrorCode;
import io.netty.util.AsciiString;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What a request tells about the WebSocket that it asks for (RFC 6455, 4.2.1). Confined to one event loop; made for one
 * request.
 *
 * <p>Strict: a header that decides whether the connection changes its protocol stands there once. The pod must not see
 * a handshake where this does not.
 */
final class WebSocketHandshake implements HeaderSink {
    private static final AsciiString UPGRADE_TOKEN = AsciiString.cached("upgrade");
    private static final AsciiString VERSION = AsciiString.cached("13");
    private static final String KEY_PROTOCOL = "openai-insecure-api-key.";
    /** 16 bytes in Base64: 22 digits, the last of which has 4 bits, and two signs for what is missing. */
    private static final int KEY_LENGTH = 24;
    private static final int KEY_DIGITS = 22;

    private boolean upgradeNamed;
    private int upgrades;
    private boolean websocket;
    private int versions;
    private boolean version13;
    private int keys;
    private boolean keyValid;

    private WebSocketHandshake() {
    }

    /**
     * Checks a request for a WebSocket.
     *
     * @param tunnels whether the client's connection can carry one
     * @return null if it asks for one and can have it
     */
    static @Nullable Refusal check(RequestHead head, boolean tunnels) {
        if (!tunnels) {
            return Refusal.of(ErrorCode.INVALID_HANDSHAKE, "a WebSocket needs a connection over HTTP/1.1");
        }
        WebSocketHandshake told = new WebSocketHandshake();
        head.headers(told);
        if (told.upgrades == 0) {
            return Refusal.of(ErrorCode.WEBSOCKET_REQUIRED);
        }
        if (told.upgrades > 1 || !told.websocket || !told.upgradeNamed) {
            return invalid("expected: Upgrade: websocket, once, and Connection: Upgrade");
        }
        if (told.versions > 1 || (told.versions == 1 && !told.version13)) {
            return Refusal.of(ErrorCode.WEBSOCKET_REQUIRED);
        }
        if (told.versions == 0) {
            return invalid("expected: Sec-WebSocket-Version: 13");
        }
        if (told.keys != 1 || !told.keyValid) {
            return invalid("expected: Sec-WebSocket-Key, once, 16 bytes in Base64");
        }
        // What comes behind the head belongs to the WebSocket: a body would be read in two ways.
        return head.bodyLength() == 0 ? null : invalid("expected: no body");
    }

    private static Refusal invalid(String why) {
        return Refusal.of(ErrorCode.INVALID_HANDSHAKE, ErrorCode.INVALID_HANDSHAKE.message() + ": " + why);
    }

    /**
     * The credentials of a client: {@code Authorization}, or the key that a browser, which cannot set that, hides among
     * the subprotocols. Never to be logged.
     */
    static @Nullable String authorization(RequestHead head) {
        String told = head.header(HeaderNames.AUTHORIZATION);
        String protocols = told == null ? head.header(HeaderNames.WEBSOCKET_PROTOCOL) : null;
        if (protocols == null) {
            return told;
        }
        for (String protocol : protocols.split(",", -1)) {
            String name = protocol.strip();
            if (name.startsWith(KEY_PROTOCOL)) {
                return "Bearer " + name.substring(KEY_PROTOCOL.length());
            }
        }
        return null;
    }

    /** A list of subprotocols without the keys among them; empty where nothing is left. */
    static String withoutKey(String protocols) {
        StringJoiner left = new StringJoiner(", ");
        for (String protocol : protocols.split(",", -1)) {
            String name = protocol.strip();
            if (!name.isEmpty() && !name.startsWith(KEY_PROTOCOL)) {
                left.add(name);
            }
        }
        return left.toString();
    }

    @Override
    public void header(CharSequence name, CharSequence value) {
        AsciiString text = AsciiString.of(value);
        if (AsciiString.contentEqualsIgnoreCase(name, HeaderNames.CONNECTION)) {
            connection(text);
        } else if (AsciiString.contentEqualsIgnoreCase(name, HeaderNames.UPGRADE)) {
            upgrades++;
            websocket = text.contentEqualsIgnoreCase(HeaderNames.WEBSOCKET);
        } else if (AsciiString.contentEqualsIgnoreCase(name, HeaderNames.WEBSOCKET_VERSION)) {
            versions++;
            version13 = text.contentEquals(VERSION);
        } else if (AsciiString.contentEqualsIgnoreCase(name, HeaderNames.WEBSOCKET_KEY)) {
            keys++;
            keyValid = isKey(text);
        }
    }

    private void connection(AsciiString value) {
        int from = 0;
        while (from < value.length()) {
            int comma = value.indexOf(",", from);
            int to = comma < 0 ? value.length() : comma;
            upgradeNamed |= value.subSequence(from, to).trim().contentEqualsIgnoreCase(UPGRADE_TOKEN);
            from = to + 1;
        }
    }

    private static boolean isKey(AsciiString text) {
        if (text.length() != KEY_LENGTH || text.byteAt(KEY_LENGTH - 1) != '=' || text.byteAt(KEY_LENGTH - 2) != '=') {
            return false;
        }
        for (int i = 0; i < KEY_DIGITS; i++) {
            byte b = text.byteAt(i);
            byte lower = Ascii.lower(b);
            if ((lower < 'a' || lower > 'z') && (b < '0' || b > '9') && b != '+' && b != '/') {
                return false;
            }
        }
        return true;
    }
}
