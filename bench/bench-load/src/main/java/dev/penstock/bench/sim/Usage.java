package dev.penstock.bench.sim;

/**
 * The tokens of one request, in the shapes of the three APIs.
 *
 * @param prompt     prompt tokens, cached ones included
 * @param cached     prompt tokens found in the prefix cache
 * @param completion output tokens
 */
record Usage(int prompt, int cached, int completion) {

    String openAi() {
        return "{\"prompt_tokens\":" + prompt + ",\"total_tokens\":" + (prompt + completion)
                + ",\"completion_tokens\":" + completion + ",\"prompt_tokens_details\":{\"cached_tokens\":" + cached
                + "}}";
    }

    String responses() {
        return "{\"input_tokens\":" + prompt + ",\"input_tokens_details\":{\"cached_tokens\":" + cached
                + ",\"cache_write_tokens\":0},\"output_tokens\":" + completion
                + ",\"output_tokens_details\":{\"reasoning_tokens\":0},"
                + "\"total_tokens\":" + (prompt + completion) + "}";
    }

    /** Anthropic counts the cached part of the prompt apart from the rest. */
    String anthropic() {
        return "{\"input_tokens\":" + (prompt - cached) + ",\"cache_creation_input_tokens\":0,"
                + "\"cache_read_input_tokens\":" + cached + ",\"output_tokens\":" + completion + "}";
    }
}
