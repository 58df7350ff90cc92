package dev.penstock.server.exchange;

import dev.penstock.core.port.ApiKey;
import dev.penstock.core.port.ApiKeys;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keys that a test makes and takes away. */
final class TestKeys implements ApiKeys {
    final Map<String, ApiKey> known = new ConcurrentHashMap<>();

    void add(String secret, @Nullable String user, String... models) {
        known.put(secret, new ApiKey("id-" + known.size(), user, Set.of(models), 7, 70));
    }

    @Override
    public boolean required() {
        return true;
    }

    @Override
    public @Nullable ApiKey find(CharSequence secret) {
        return known.get(secret.toString());
    }
}
