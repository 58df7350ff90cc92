package dev.penstock.server.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** A page that is a JSON document. */
final class JsonPage implements AdminPage {

    /** Writes the document. */
    @FunctionalInterface
    interface Content {
        void write(JsonGenerator json, Map<String, List<String>> query) throws IOException;
    }

    private static final JsonFactory JSON = new JsonFactory();

    private final Content content;

    JsonPage(Content content) {
        this.content = content;
    }

    @Override
    public Reply get(Map<String, List<String>> query) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.useDefaultPrettyPrinter();
            content.write(json, query);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        out.write('\n');
        return Reply.json(out.toByteArray());
    }
}
