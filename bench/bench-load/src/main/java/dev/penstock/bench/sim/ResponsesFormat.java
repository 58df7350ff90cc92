package dev.penstock.bench.sim;

import java.util.ArrayList;
import java.util.List;

/** {@code /v1/responses}: numbered events around one output message. Used for one answer, on one event loop. */
final class ResponsesFormat implements ReplyFormat {
    private final Common common;
    private final String messageId;
    private int sequence;

    ResponsesFormat(Common common, String messageId) {
        this.common = common;
        this.messageId = messageId;
    }

    @Override
    public List<String> opening(Usage usage) {
        List<String> events = new ArrayList<>();
        String begun = ",\"response\":" + response("in_progress", "", "null");
        events.add(event("response.created", begun));
        events.add(event("response.in_progress", begun));
        events.add(event("response.output_item.added", ",\"output_index\":0,\"item\":" + message("in_progress", "")));
        events.add(event("response.content_part.added", place() + ",\"part\":" + part("")));
        return events;
    }

    @Override
    public List<String> token(int index, Usage usage) {
        return List.of(event("response.output_text.delta", place() + ",\"delta\":"
                + Json.quote(common.text().piece(index)) + ",\"logprobs\":[]"));
    }

    @Override
    public List<String> closing(Usage usage) {
        String text = common.text().whole();
        List<String> events = new ArrayList<>();
        events.add(event("response.output_text.done", place() + ",\"text\":" + Json.quote(text) + ",\"logprobs\":[]"));
        events.add(event("response.content_part.done", place() + ",\"part\":" + part(text)));
        events.add(event("response.output_item.done", ",\"output_index\":0,\"item\":"
                + message("completed", part(text))));
        events.add(event(common.cut() ? "response.incomplete" : "response.completed", ",\"response\":" + whole(usage)));
        return events;
    }

    @Override
    public String whole(Usage usage) {
        String status = common.cut() ? "incomplete" : "completed";
        return response(status, message("completed", part(common.text().whole())), usage.responses());
    }

    private String response(String status, String output, String usage) {
        return "{\"id\":\"" + common.id() + "\",\"object\":\"response\",\"created_at\":" + common.created()
                + ",\"status\":\"" + status + "\",\"background\":false,\"error\":null,\"incomplete_details\":"
                + (status.equals("incomplete") ? "{\"reason\":\"max_output_tokens\"}" : "null")
                + ",\"instructions\":null,\"max_output_tokens\":null,\"metadata\":{},\"model\":" + common.quotedModel()
                + ",\"output\":[" + output + "],\"parallel_tool_calls\":true,\"previous_response_id\":null,"
                + "\"temperature\":1.0,\"text\":{\"format\":{\"type\":\"text\"}},\"tool_choice\":\"auto\",\"tools\":[],"
                + "\"top_p\":1.0,\"truncation\":\"disabled\",\"usage\":" + usage + ",\"user\":null}";
    }

    private String message(String status, String content) {
        return "{\"id\":\"" + messageId + "\",\"type\":\"message\",\"status\":\"" + status
                + "\",\"role\":\"assistant\",\"content\":[" + content + "]}";
    }

    private static String part(String text) {
        return "{\"type\":\"output_text\",\"text\":" + Json.quote(text) + ",\"annotations\":[],\"logprobs\":[]}";
    }

    private String place() {
        return ",\"item_id\":\"" + messageId + "\",\"output_index\":0,\"content_index\":0";
    }

    private String event(String type, String fields) {
        return "event: " + type + "\ndata: {\"type\":\"" + type + "\",\"sequence_number\":" + sequence++ + fields
                + "}\n\n";
    }
}
