package dev.penstock.server.metadata;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.penstock.core.port.Users.User;
import java.io.IOException;

/** A user as AIBrix writes it: <code>{"name", "rpm", "tpm"}</code>. Holds no state. */
final class UserJson {

    private UserJson() {}

    static void write(JsonGenerator json, User user) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", user.name());
        json.writeNumberField("rpm", user.rpm());
        json.writeNumberField("tpm", user.tpm());
        json.writeEndObject();
    }

    /** Reads a user, of which the parser has begun the object. Fields that are not known are skipped. */
    static User read(JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            throw invalid(json, "expected: {\"name\": ..., \"rpm\": ..., \"tpm\": ...}");
        }
        String name = "";
        long rpm = 0;
        long tpm = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "name" -> {
                    if (value != JsonToken.VALUE_STRING) {
                        throw invalid(json, "name must be a string");
                    }
                    name = json.getText();
                }
                case "rpm" -> rpm = whole(json, field);
                case "tpm" -> tpm = whole(json, field);
                default -> json.skipChildren();
            }
        }
        try {
            return new User(name, rpm, tpm);
        } catch (IllegalArgumentException e) {
            throw invalid(json, String.valueOf(e.getMessage()));
        }
    }

    private static long whole(JsonParser json, String field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw invalid(json, field + " must be a whole number");
        }
        return json.getLongValue();
    }

    static JsonParseException invalid(JsonParser json, String message) {
        return new JsonParseException(json, message);
    }
}
