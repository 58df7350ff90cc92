package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Pages and answers that are JSON documents. */
public final class JsonPage implements AdminPage {

    /** Writes the document of a page. */
    @FunctionalInterface
    interface Content {
        void write(JsonGenerator json, Map<String, List<String>> query) throws IOException;
    }

    /** Writes a document. */
    @FunctionalInterface
    public interface Document {
        /** Writes it. */
        void write(JsonGenerator json) throws IOException;
    }

    private static final JsonFactory JSON = new JsonFactory();

    private final Content content;

    JsonPage(Content content) {
        this.content = content;
    }

    /** A document as an answer. */
    public static Reply of(int status, Document document) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            document.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.write('\n');
        return new Reply(status, "application/json", out.toByteArray());
    }

    /**
     * What is answered where there is nothing to show, in the shape of OpenAI's errors.
     *
     * @param code what programs read
     * @param message what people read
     * @param param what of the request it is about
     */
    public static Reply error(int status, String code, String message, String param) {
        return of(status, json -> {
            json.writeStartObject();
            json.writeObjectFieldStart("error");
            json.writeStringField("message", message);
            json.writeStringField("type", status < 500 ? "invalid_request_error" : "server_error");
            json.writeStringField("code", code);
            json.writeStringField("param", param);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    @Override
    public Reply get(Map<String, List<String>> query) {
        return of(200, json -> content.write(json, query));
    }
}
