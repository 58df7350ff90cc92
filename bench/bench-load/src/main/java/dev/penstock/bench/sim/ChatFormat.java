package dev.penstock.bench.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code /v1/chat/completions} and {@code /v1/completions}, which differ in how a choice is worded.
 *
 * @param common     the answer
 * @param chat       whether it is the chat API
 * @param choices    how many choices, all with the same text
 * @param usageAtEnd whether a stream ends with a usage chunk ({@code stream_options.include_usage})
 * @param usageInAll whether each chunk has the usage so far ({@code stream_options.continuous_usage_stats})
 */
record ChatFormat(Common common, boolean chat, int choices, boolean usageAtEnd, boolean usageInAll)
        implements ReplyFormat {

    @Override
    public List<String> opening(Usage usage) {
        return chat
                ? eachChoice("\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"logprobs\":null,"
                        + "\"finish_reason\":null", usage)
                : List.of();
    }

    @Override
    public List<String> token(int index, Usage usage) {
        String piece = Json.quote(common.text().piece(index));
        return eachChoice(chat
                ? "\"delta\":{\"content\":" + piece + "},\"logprobs\":null,\"finish_reason\":null"
                : "\"text\":" + piece + ",\"logprobs\":null,\"finish_reason\":null,\"stop_reason\":null", usage);
    }

    @Override
    public List<String> closing(Usage usage) {
        String end = "\"logprobs\":null,\"finish_reason\":" + common.finishReason() + ",\"stop_reason\":null";
        List<String> events = new ArrayList<>(
                eachChoice((chat ? "\"delta\":{\"content\":\"\"}," : "\"text\":\"\",") + end, usage));
        if (usageAtEnd) {
            events.add("data: " + start(true) + "\"choices\":[],\"usage\":" + usage.openAi() + "}\n\n");
        }
        events.add("data: [DONE]\n\n");
        return events;
    }

    @Override
    public String whole(Usage usage) {
        String text = Json.quote(common.text().whole());
        List<String> worded = new ArrayList<>();
        for (int i = 0; i < choices; i++) {
            worded.add("{\"index\":" + i + "," + (chat
                    ? "\"message\":{\"role\":\"assistant\",\"content\":" + text + ",\"refusal\":null,\"tool_calls\":[]}"
                    : "\"text\":" + text) + ",\"logprobs\":null,\"finish_reason\":" + common.finishReason()
                    + ",\"stop_reason\":null}");
        }
        return start(false) + "\"choices\":[" + String.join(",", worded) + "],\"usage\":" + usage.openAi() + "}";
    }

    private List<String> eachChoice(String fields, Usage usage) {
        List<String> events = new ArrayList<>(choices);
        for (int i = 0; i < choices; i++) {
            events.add("data: " + start(true) + "\"choices\":[{\"index\":" + i + "," + fields + "}]"
                    + (usageInAll ? ",\"usage\":" + usage.openAi() : "") + "}\n\n");
        }
        return events;
    }

    private String start(boolean chunk) {
        String object = !chat ? "text_completion" : chunk ? "chat.completion.chunk" : "chat.completion";
        return "{\"id\":\"" + common.id() + "\",\"object\":\"" + object + "\",\"created\":" + common.created()
                + ",\"model\":" + common.quotedModel() + ",";
    }
}
