package dev.penstock.cache.keys;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.penstock.core.port.ApiKey;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A key as one line of JSON: <code>{"id", "hash", "user", "models", "rpm", "tpm", "created", "expires"}</code>. The
 * first two must be there. Reads one; confined to its caller.
 *
 * <p>Strict: a field that is not known, or of another type, is an error, and so is one that is there twice. A word
 * misspelled must not make a key that can do more than was meant. No error repeats what was read, for it may be a
 * secret.
 */
final class KeyJson {
    private static final JsonFactory JSON = JsonFactory.builder().build();
    /** Pods are told the user in a header. */
    private static final Pattern USER = Pattern.compile("[!-~]([ -~]{0,254}[!-~])?");
    private static final int LONGEST_MODEL = 512;
    private static final int MOST_MODELS = 1_000;

    private final JsonParser json;
    private final Set<String> seen = new LinkedHashSet<>();
    private String id = "";
    private @Nullable KeyHash hash;
    private @Nullable String user;
    private Set<String> models = Set.of();
    private long rpm;
    private long tpm;
    private @Nullable Instant created;
    private @Nullable Instant expires;

    private KeyJson(JsonParser json) {
        this.json = json;
    }

    /**
     * Reads a key.
     *
     * @throws IllegalArgumentException where it is none, with what was expected
     */
    static KeyEntry read(String text) {
        try (JsonParser json = JSON.createParser(text)) {
            return new KeyJson(json).entry();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON, at column " + e.getLocation().getColumnNr(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private KeyEntry entry() throws IOException {
        expect(json.nextToken() == JsonToken.START_OBJECT, "expected: {\"id\": ..., \"hash\": ...}");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            json.nextToken();
            field(field);
            expect(seen.add(field), field + ": is there twice");
        }
        expect(json.nextToken() == null, "expected: one object and nothing behind it");
        expect(!id.isEmpty(), "id: is missing");
        KeyHash known = hash;
        if (known == null) {
            throw new IllegalArgumentException("hash: is missing");
        }
        return new KeyEntry(new ApiKey(id, user, models, rpm, tpm), known, created, expires);
    }

    private void field(String field) throws IOException {
        switch (field) {
            case "id" -> {
                id = text(field);
                expect(KeySecret.isId(id), "id: expected: 1 to 32 lower case letters and digits, not \"shared\"");
            }
            case "hash" -> hash = KeyHash.parse(text(field));
            case "user" -> user = user(text(field));
            case "models" -> models = models();
            case "rpm" -> rpm = whole(field);
            case "tpm" -> tpm = whole(field);
            case "created" -> created = instant(field);
            case "expires" -> expires = instant(field);
            default -> throw new IllegalArgumentException("a field that is not known (expected: id, hash, user, models,"
                    + " rpm, tpm, created, expires), at column " + json.currentLocation().getColumnNr());
        }
    }

    private String text(String field) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_STRING, field + ": expected: a string");
        return json.getText();
    }

    private long whole(String field) throws IOException {
        expect(json.currentToken() == JsonToken.VALUE_NUMBER_INT && json.getNumberType() != JsonParser.NumberType
                .BIG_INTEGER && json.getLongValue() > 0, field + ": expected: a whole number above 0");
        return json.getLongValue();
    }

    private Instant instant(String field) throws IOException {
        try {
            return Instant.parse(text(field));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(field + ": expected: a time such as 2030-01-31T00:00:00Z", e);
        }
    }

    private Set<String> models() throws IOException {
        expect(json.currentToken() == JsonToken.START_ARRAY, "models: expected: a list of names");
        Set<String> names = new LinkedHashSet<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            names.add(text("models"));
        }
        return models(names);
    }

    /**
     * Checks a user.
     *
     * @throws IllegalArgumentException where a header cannot name him
     */
    static String user(String name) {
        expect(USER.matcher(name).matches(), "user: expected: 1 to 256 visible ASCII characters");
        return name;
    }

    /**
     * Checks names of models that are listed.
     *
     * @throws IllegalArgumentException where there are none, for that would read like a key that may use nothing
     */
    static Set<String> models(Set<String> names) {
        expect(!names.isEmpty() && names.size() <= MOST_MODELS && names.stream().allMatch(
                name -> !name.isBlank() && name.length() <= LONGEST_MODEL),
                "models: expected: 1 to " + MOST_MODELS + " names, or no \"models\" for all");
        return names;
    }

    private static void expect(boolean so, String message) {
        if (!so) {
            throw new IllegalArgumentException(message);
        }
    }

    /** Writes a key, in one line. */
    static String write(KeyEntry entry) {
        ApiKey key = entry.key();
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", key.id());
            json.writeStringField("hash", entry.hash().text());
            if (key.user() != null) {
                json.writeStringField("user", key.user());
            }
            if (!key.models().isEmpty()) {
                json.writeArrayFieldStart("models");
                for (String model : key.models().stream().sorted().toList()) {
                    json.writeString(model);
                }
                json.writeEndArray();
            }
            limit(json, "rpm", key.rpm());
            limit(json, "tpm", key.tpm());
            time(json, "created", entry.created());
            time(json, "expires", entry.expires());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void limit(JsonGenerator json, String field, long value) throws IOException {
        if (value > 0) {
            json.writeNumberField(field, value);
        }
    }

    private static void time(JsonGenerator json, String field, @Nullable Instant value) throws IOException {
        if (value != null) {
            json.writeStringField(field, value.toString());
        }
    }
}
