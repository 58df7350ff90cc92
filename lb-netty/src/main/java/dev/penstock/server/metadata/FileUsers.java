package dev.penstock.server.metadata;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.penstock.core.port.Users;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Users in a JSON file, or in memory. One thread at a time.
 *
 * <p>The file is <code>{"users": [{"name": "ann", "rpm": 60, "tpm": 10000}]}</code>. It is read again when it has
 * changed, and replaced as a whole, so that whoever reads it finds it complete. While it is broken nothing is answered
 * and nothing written: a mistake of a person must not cost him his users.
 */
public final class FileUsers implements Users {

    private static final JsonFactory JSON = new JsonFactory();

    private record Edition(FileTime modified, long size, @Nullable Object key) {}

    private final @Nullable Path file;
    private Map<String, User> users = new TreeMap<>();
    private @Nullable Edition edition;

    /**
     * Users as the file has them.
     *
     * @param file the file, which need not exist yet; null for memory only
     * @throws UncheckedIOException where the file is broken, or its folder is missing
     */
    public FileUsers(@Nullable Path file) {
        this.file = file;
        if (file != null) {
            Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
            if (!Files.isDirectory(folder)) {
                throw new UncheckedIOException(new IOException(file + ": no such directory: " + folder));
            }
            look(file);
        }
    }

    @Override
    public @Nullable User read(String name) {
        return current().get(name);
    }

    @Override
    public boolean create(User user) {
        return !current().containsKey(user.name()) && put(user);
    }

    @Override
    public boolean update(User user) {
        return current().containsKey(user.name()) && put(user);
    }

    @Override
    public boolean delete(String name) {
        Map<String, User> next = new TreeMap<>(current());
        if (next.remove(name) == null) {
            return false;
        }
        become(next);
        return true;
    }

    /**
     * All users by their names; never changes, for others come in its place.
     *
     * @throws UncheckedIOException where the file is broken
     */
    public Map<String, User> all() {
        return Collections.unmodifiableMap(current());
    }

    private boolean put(User user) {
        Map<String, User> next = new TreeMap<>(users);
        next.put(user.name(), user);
        become(next);
        return true;
    }

    private Map<String, User> current() {
        if (file != null) {
            look(file);
        }
        return users;
    }

    private void become(Map<String, User> next) {
        if (file != null) {
            try {
                write(file, next);
                edition = edition(file);
            } catch (IOException e) {
                throw new UncheckedIOException(new IOException("cannot write " + file + ": " + e.getMessage(), e));
            }
        }
        users = next;
    }

    // ---- the file

    private void look(Path path) {
        try {
            Edition now = edition(path);
            if (!now.equals(edition)) {
                users = parse(path);
                edition = now;
            }
        } catch (NoSuchFileException e) {
            users = new TreeMap<>();
            edition = null;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(new IOException(path + ":" + e.getLocation().getLineNr() + ": "
                    + e.getOriginalMessage(), e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Edition edition(Path path) throws IOException {
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        return new Edition(now.lastModifiedTime(), now.size(), now.fileKey());
    }

    private static Map<String, User> parse(Path path) throws IOException {
        Map<String, User> users = new TreeMap<>();
        try (JsonParser json = JSON.createParser(Files.readAllBytes(path))) {
            expect(json, json.nextToken() == JsonToken.START_OBJECT && "users".equals(json.nextFieldName())
                    && json.nextToken() == JsonToken.START_ARRAY, "expected: {\"users\": [...]}");
            while (json.nextToken() != JsonToken.END_ARRAY) {
                User user = UserJson.read(json);
                expect(json, users.put(user.name(), user) == null, "user " + user.name() + " is there twice");
            }
            expect(json, json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null,
                    "expected: nothing but \"users\"");
        }
        return users;
    }

    private static void expect(JsonParser json, boolean so, String message) throws IOException {
        if (!so) {
            throw UserJson.invalid(json, message);
        }
    }

    private static void write(Path path, Map<String, User> users) throws IOException {
        Path next = path.resolveSibling(path.getFileName() + ".next");
        try (FileChannel channel = FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            OutputStream out = Channels.newOutputStream(channel);
            try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
                json.useDefaultPrettyPrinter();
                json.writeStartObject();
                json.writeArrayFieldStart("users");
                for (User user : users.values()) {
                    UserJson.write(json, user);
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            // Before it takes the place of the other one: after a crash there is one of the two, whole.
            channel.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
