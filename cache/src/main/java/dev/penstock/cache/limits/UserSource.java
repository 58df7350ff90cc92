package dev.penstock.cache.limits;

import dev.penstock.core.port.Users.User;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Who knows users. Any thread; nothing here waits. */
@FunctionalInterface
public interface UserSource {

    /** Knows nobody. */
    UserSource NOBODY = name -> CompletableFuture.completedFuture(null);

    /**
     * Looks a user up.
     *
     * @return the user, null where there is none of this name; fails where that cannot be told now
     */
    CompletionStage<@Nullable User> find(String name);
}
