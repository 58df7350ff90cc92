package dev.penstock.server.exchange;

import dev.penstock.core.port.ApiKey;
import dev.penstock.server.body.JsonQuotes;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Snapshot;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The models of a fleet as OpenAI's clients read them. Holds no state. */
public final class ModelList {
    private ModelList() {
    }

    /** All models, by name. Any thread. */
    public static byte[] all(Snapshot snapshot) {
        return list(snapshot, null);
    }

    /** The models that a key may use, by name. */
    static byte[] of(Snapshot snapshot, ApiKey key) {
        return list(snapshot, key);
    }

    private static byte[] list(Snapshot snapshot, @Nullable ApiKey key) {
        StringBuilder out = new StringBuilder("{\"object\":\"list\",\"data\":[");
        boolean first = true;
        for (ModelView model : snapshot.models()) {
            if (key != null && !key.mayUse(model.name())) {
                continue;
            }
            if (!first) {
                out.append(',');
            }
            first = false;
            model(out, model.name());
        }
        return out.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    }

    static byte[] one(ModelView model) {
        StringBuilder out = new StringBuilder(128);
        model(out, model.name());
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void model(StringBuilder out, String name) {
        JsonQuotes.append(out.append("{\"id\":"), name)
                .append(",\"object\":\"model\",\"created\":0,\"owned_by\":\"aibrix\"}");
    }
}
