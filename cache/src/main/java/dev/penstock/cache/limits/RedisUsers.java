package dev.penstock.cache.limits;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.penstock.cache.redis.Redis;
import dev.penstock.core.port.Users;
import io.lettuce.core.SetArgs;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Users in Redis, kept as AIBrix keeps them: under {@code aibrix-users/<name>}, as
 * <code>{"name", "rpm", "tpm"}</code>. {@link #find} does not wait, and any thread may call it; all else waits for
 * Redis, for as long as {@code redis.timeout}.
 */
public final class RedisUsers implements Users, UserSource {

    private static final String USE = "users";
    private static final String PREFIX = "aibrix-users/";
    private static final int LONGEST = 65_536;
    private static final JsonFactory JSON = new JsonFactory();

    private final Redis redis;

    /** Users of a Redis. */
    public RedisUsers(Redis redis) {
        this.redis = redis;
    }

    /** Looks a user up; one that cannot be read, which is told, fails. */
    @Override
    public CompletionStage<@Nullable User> find(String name) {
        return redis.text(USE, key(name), LONGEST).thenApply(text -> text.isEmpty() ? null : parsed(name, text));
    }

    @Override
    public @Nullable User read(String name) {
        return answer(find(name));
    }

    @Override
    public boolean create(User user) {
        return set(user, SetArgs.Builder.nx());
    }

    @Override
    public boolean update(User user) {
        return set(user, SetArgs.Builder.xx());
    }

    @Override
    public boolean delete(String name) {
        CompletionStage<@Nullable Long> removed = redis.call(USE, commands -> commands.del(key(name)));
        return Objects.equals(answer(removed), 1L);
    }

    private boolean set(User user, SetArgs only) {
        CompletionStage<@Nullable String> done = redis.call(USE, commands -> commands.set(key(user.name()), json(user),
                only));
        return answer(done) != null;
    }

    private static <T extends @Nullable Object> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw new UncheckedIOException(new IOException("Redis: " + Objects.requireNonNullElse(e.getCause(), e)
                    .getMessage(), e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while Redis was asked", e));
        }
    }

    static String key(String name) {
        return PREFIX + name;
    }

    private static String json(User user) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("name", user.name());
            json.writeNumberField("rpm", user.rpm());
            json.writeNumberField("tpm", user.tpm());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** What is kept under a name, whatever name it gives itself. */
    private User parsed(String name, String text) {
        try (JsonParser json = JSON.createParser(text)) {
            long rpm = 0;
            long tpm = 0;
            boolean object = json.nextToken() == JsonToken.START_OBJECT;
            while (object && json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "rpm" -> rpm = json.getLongValue();
                    case "tpm" -> tpm = json.getLongValue();
                    default -> json.skipChildren();
                }
            }
            if (object && json.nextToken() == null) {
                return new User(name, rpm, tpm);
            }
        } catch (IOException | IllegalArgumentException e) {
            // said below
        }
        redis.unexpected(USE, key(name) + ": expected {\"name\": ..., \"rpm\": ..., \"tpm\": ...}, whole numbers");
        throw new UnusableAnswerException();
    }
}
