package dev.penstock.bench.sim;

import com.fasterxml.jackson.databind.JsonNode;

/** Finds the text of a prompt, wherever an API puts it. What is no text counts by its JSON. */
final class Prompts {
    private static final String GENERATION = "assistant:";

    private Prompts() {
    }

    /** Returns what the chat template makes of the messages: what the model is given, up to where it begins. */
    static String ofChat(JsonNode body) {
        String messages = ofMessages(body);
        return body.path("add_generation_prompt").asBoolean(true) ? messages + GENERATION : messages;
    }

    static String ofMessages(JsonNode body) {
        JsonNode messages = body.path("messages");
        if (!messages.isArray() || messages.isEmpty()) {
            throw ApiException.missing("messages");
        }
        StringBuilder prompt = new StringBuilder(text(body.path("system")));
        for (JsonNode message : messages) {
            prompt.append(message.path("role").asText()).append(':').append(text(message.path("content"))).append('\n');
        }
        return prompt.toString();
    }

    static String ofCompletion(JsonNode body) {
        JsonNode prompt = body.path("prompt");
        if (prompt.isMissingNode() || prompt.isNull()) {
            throw ApiException.missing("prompt");
        }
        return text(prompt);
    }

    static String ofResponse(JsonNode body) {
        JsonNode input = body.path("input");
        if (input.isMissingNode() || input.isNull() || (input.isEmpty() && !input.isTextual())) {
            throw ApiException.missing("input");
        }
        StringBuilder prompt = new StringBuilder(text(body.path("instructions")));
        if (input.isTextual()) {
            return prompt.append(input.asText()).toString();
        }
        for (JsonNode item : input) {
            prompt.append(item.path("role").asText()).append(':').append(text(item.path("content"))).append('\n');
        }
        return prompt.toString();
    }

    /** Returns the text of a string, of a list of strings or parts, or of a list of token ids. */
    static String text(JsonNode content) {
        if (content.isTextual()) {
            return content.asText();
        }
        if (!content.isArray()) {
            return content.isMissingNode() || content.isNull() ? "" : content.toString();
        }
        if (!content.isEmpty() && content.path(0).isInt()) {
            return Tokens.textOf(content);
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            text.append(part.isObject() && part.has("text") ? part.path("text").asText() : text(part));
        }
        return text.toString();
    }
}
