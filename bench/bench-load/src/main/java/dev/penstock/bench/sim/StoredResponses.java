package dev.penstock.bench.sim;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answers of the Responses API that an engine still has; other engines know nothing of them. The oldest go first.
 * Confined to the engine's event loop.
 */
final class StoredResponses {
    private static final int LIMIT = 10_000;

    private final LinkedHashMap<String, String> bodies = new LinkedHashMap<>();

    void put(String id, String body) {
        bodies.put(id, body);
        if (bodies.size() > LIMIT) {
            Map.Entry<String, String> eldest = bodies.firstEntry();
            bodies.remove(eldest.getKey());
        }
    }

    /**
     * Returns the body.
     *
     * @throws ApiException with 404 if this engine did not make it
     */
    String get(String id) {
        String body = bodies.get(id);
        if (body == null) {
            throw ApiException.notFound("Response with id '" + id + "' not found.", "response_id");
        }
        return body;
    }
}
