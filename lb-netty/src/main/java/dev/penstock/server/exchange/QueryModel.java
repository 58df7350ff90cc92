package dev.penstock.server.exchange;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The model that a query string names. Holds no state. */
final class QueryModel {
    private static final String MODEL = "model";

    private QueryModel() {
    }

    /**
     * The value of {@code model}, decoded as forms are.
     *
     * @param query without the question mark, or null
     * @return null where it is missing, empty, broken, or there twice, so that two readers could take different ones
     */
    static @Nullable String of(@Nullable String query) {
        if (query == null) {
            return null;
        }
        String found = null;
        try {
            for (String parameter : query.split("&", -1)) {
                int equals = parameter.indexOf('=');
                String name = equals < 0 ? parameter : parameter.substring(0, equals);
                if (decoded(name).equals(MODEL)) {
                    if (found != null) {
                        return null;
                    }
                    found = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
                }
            }
        } catch (IllegalArgumentException e) {
            // Not percent-encoded as it should be.
            return null;
        }
        return found == null || found.isEmpty() ? null : found;
    }

    /**
     * The same target, but for another model.
     *
     * @param target path and query; the query names exactly one model
     */
    static String renamed(String target, String model) {
        int query = target.indexOf('?') + 1;
        StringBuilder out = new StringBuilder(target.length() + model.length()).append(target, 0, query);
        for (String parameter : target.substring(query).split("&", -1)) {
            int equals = parameter.indexOf('=');
            boolean names = decoded(equals < 0 ? parameter : parameter.substring(0, equals)).equals(MODEL);
            out.append(out.length() == query ? "" : "&")
                    .append(names ? MODEL + "=" + URLEncoder.encode(model, StandardCharsets.UTF_8) : parameter);
        }
        return out.toString();
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
