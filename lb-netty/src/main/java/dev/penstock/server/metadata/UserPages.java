package dev.penstock.server.metadata;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.penstock.core.port.Users;
import dev.penstock.core.port.Users.User;
import dev.penstock.server.admin.AdminPage.Reply;
import dev.penstock.server.admin.JsonPage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * AIBrix's four calls for users, answered as its metadata service does. By the thread of the server alone.
 *
 * @param users where they are kept
 */
record UserPages(Users users) {

    static final Set<String> PATHS = Set.of("/CreateUser", "/ReadUser", "/UpdateUser", "/DeleteUser");

    private static final Logger LOG = System.getLogger(UserPages.class.getName());
    private static final JsonFactory JSON = new JsonFactory();

    /** Answers a call; the body is a user, of whom reading and deleting look at the name only. */
    Reply answer(String path, byte[] body) {
        User user;
        try (JsonParser json = JSON.createParser(body)) {
            json.nextToken();
            user = UserJson.read(json);
        } catch (JsonProcessingException e) {
            return detail(422, e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            return answer(path, user);
        } catch (UncheckedIOException e) {
            LOG.log(Level.WARNING, "users: " + e.getMessage());
            return detail(503, "users cannot be read or written now");
        }
    }

    private Reply answer(String path, User user) {
        String name = user.name();
        return switch (path) {
            case "/CreateUser" -> done(users.create(user) ? "Created User: " + name : "User: " + name + " exists",
                    user);
            case "/ReadUser" -> {
                User found = users.read(name);
                yield found == null ? detail(404, "user does not exist") : done("User: " + name, found);
            }
            case "/UpdateUser" -> users.update(user) ? done("Updated User: " + name, user) : missing(name);
            default -> users.delete(name) ? done("Deleted User: " + name, user) : missing(name);
        };
    }

    private static Reply missing(String name) {
        return detail(404, "User: " + name + " does not exist");
    }

    private static Reply done(String message, User user) {
        return document(200, "message", message, user);
    }

    private static Reply detail(int status, String detail) {
        return document(status, "detail", detail, null);
    }

    private static Reply document(int status, String field, String text, @Nullable User user) {
        return JsonPage.of(status, json -> {
            json.writeStartObject();
            json.writeStringField(field, text);
            if (user != null) {
                json.writeFieldName("user");
                UserJson.write(json, user);
            }
            json.writeEndObject();
        });
    }
}
