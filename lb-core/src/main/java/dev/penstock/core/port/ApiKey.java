package dev.penstock.core.port;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client may do with its key. Immutable; any thread. Holds nothing of the secret.
 *
 * @param id the public part of the key, for logs
 * @param user the user that its requests count for, or null for the one that a request names itself
 * @param models names of the models that it may ask for, as clients write them; empty for all
 * @param rpm requests a minute; 0 where the key has no limit of its own
 * @param tpm tokens a minute; 0 where the key has no limit of its own
 */
public record ApiKey(String id, @Nullable String user, Set<String> models, long rpm, long tpm) {

    /**
     * Copies the names of models.
     *
     * @throws IllegalArgumentException where id or user are empty, or a limit is below zero
     */
    public ApiKey {
        if (id.isEmpty() || (user != null && user.isEmpty())) {
            throw new IllegalArgumentException("id and user must not be empty");
        }
        if (rpm < 0 || tpm < 0) {
            throw new IllegalArgumentException("rpm and tpm must be non-negative");
        }
        models = Set.copyOf(models);
    }

    /**
     * Whether it may ask for a model.
     *
     * @param model the name as the client writes it
     */
    public boolean mayUse(String model) {
        return models.isEmpty() || models.contains(model);
    }
}
