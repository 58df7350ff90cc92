package dev.penstock.bench.sim;

import java.util.List;

/**
 * Anthropic's {@code /v1/messages}: named events, input usage at the start of a stream and output usage at its end.
 *
 * @param common the answer
 */
record MessagesFormat(Common common) implements ReplyFormat {

    @Override
    public List<String> opening(Usage usage) {
        return List.of(
                event("message_start", ",\"message\":" + message("[]", "null", new Usage(usage.prompt(),
                        usage.cached(), 1))),
                event("content_block_start", ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"),
                event("ping", ""));
    }

    @Override
    public List<String> token(int index, Usage usage) {
        return List.of(event("content_block_delta", ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":"
                + Json.quote(common.text().piece(index)) + "}"));
    }

    @Override
    public List<String> closing(Usage usage) {
        return List.of(
                event("content_block_stop", ",\"index\":0"),
                event("message_delta", ",\"delta\":{\"stop_reason\":" + stopReason()
                        + ",\"stop_sequence\":null},\"usage\":{\"output_tokens\":" + usage.completion() + "}"),
                event("message_stop", ""));
    }

    @Override
    public String whole(Usage usage) {
        return message("[{\"type\":\"text\",\"text\":" + Json.quote(common.text().whole()) + "}]", stopReason(), usage);
    }

    private String stopReason() {
        return common.cut() ? "\"max_tokens\"" : "\"end_turn\"";
    }

    private String message(String content, String stopReason, Usage usage) {
        return "{\"id\":\"" + common.id() + "\",\"type\":\"message\",\"role\":\"assistant\",\"model\":"
                + common.quotedModel() + ",\"content\":" + content + ",\"stop_reason\":" + stopReason
                + ",\"stop_sequence\":null,\"usage\":" + usage.anthropic() + "}";
    }

    private static String event(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + fields + "}\n\n";
    }
}
