package dev.penstock.routers.basic;

import dev.penstock.spi.PodView;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Session ids: the address of an endpoint in Base64. Remembers one for each slot, so that a request makes none. */
final class SessionIds {

    private static final int MAX_LENGTH = 512;

    private @Nullable PodView[] endpoints = new PodView[16];
    private @Nullable String[] ids = new String[16];

    /** The id that names an endpoint. */
    String of(PodView endpoint) {
        int slot = endpoint.slot();
        if (slot >= ids.length) {
            endpoints = Arrays.copyOf(endpoints, Math.max(slot + 1, ids.length * 2));
            ids = Arrays.copyOf(ids, endpoints.length);
        }
        PodView known = endpoints[slot];
        String id = ids[slot];
        if (known != null && id != null && known.sameEndpoint(endpoint) && known.address().equals(endpoint.address())) {
            return id;
        }
        String made = Base64.getEncoder().encodeToString(endpoint.address().getBytes(StandardCharsets.ISO_8859_1));
        endpoints[slot] = endpoint;
        ids[slot] = made;
        return made;
    }

    /** An endpoint has left the fleet. */
    void forget(PodView endpoint) {
        int slot = endpoint.slot();
        if (slot < ids.length) {
            endpoints[slot] = null;
            ids[slot] = null;
        }
    }

    /** The address that an id names; null where it is not one. */
    static @Nullable String address(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            return null;
        }
        try {
            return new String(Base64.getDecoder().decode(id), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
