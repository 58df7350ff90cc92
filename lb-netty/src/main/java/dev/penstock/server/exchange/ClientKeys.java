package dev.penstock.server.exchange;

import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.ApiKeys;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the keys that clients send: {@code Authorization: Bearer}, {@code x-api-key}, or the one among the
 * subprotocols of a WebSocket. Any thread.
 *
 * @param known the keys that are known
 * @param forwarded whether pods are shown the client's key although it was meant for the balancer
 */
public record ClientKeys(ApiKeys known, boolean forwarded) {
    /** Nobody needs a key, and what clients send is for the pods. */
    public static final ClientKeys OPEN = new ClientKeys(ApiKeys.OPEN, true);

    private static final String BEARER = "Bearer ";

    /** Whether requests need a key. */
    boolean required() {
        return known.required();
    }

    /** Whether the client's key is kept from pods. */
    boolean hidden() {
        return !forwarded && known.required();
    }

    /** The key of a request, or null where it has none that is known. */
    @Nullable ApiKey of(RequestHead head, boolean websocket) {
        String secret = bearer(websocket ? WebSocketHandshake.authorization(head)
                : head.header(HeaderNames.AUTHORIZATION));
        if (secret == null) {
            secret = head.header(HeaderNames.X_API_KEY);
        }
        return secret == null ? null : known.find(secret);
    }

    private static @Nullable String bearer(@Nullable String authorization) {
        return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? authorization.substring(BEARER.length()).strip() : null;
    }
}
