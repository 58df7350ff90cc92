package dev.penstock.bench.sim;

import java.util.List;

/** How one API words an answer: whole, or as the events of a stream, each a whole piece of SSE. */
interface ReplyFormat {
    /**
     * What is common to the answers of all APIs.
     *
     * @param id      the response id
     * @param model   the model's name as asked for
     * @param created when, in seconds
     * @param text    what is said
     * @param cut     whether {@code max_tokens} ended it, rather than the model
     */
    record Common(String id, String model, long created, ReplyText text, boolean cut) {
        String quotedModel() {
            return Json.quote(model);
        }

        String finishReason() {
            return cut ? "\"length\"" : "\"stop\"";
        }
    }

    /** Returns the events before the first token. */
    List<String> opening(Usage usage);

    /** Returns the events of one token; the usage is the one so far. */
    List<String> token(int index, Usage usage);

    /** Returns the events after the last token, the end marker of the stream included. */
    List<String> closing(Usage usage);

    /** Returns the JSON of the whole answer. */
    String whole(Usage usage);
}
