package dev.penstock.server.disaggregated;

/** Keys of requests and answers, as engines write them. */
final class Keys {
    static final String MAX_TOKENS = "max_tokens";
    static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";
    static final String MIN_TOKENS = "min_tokens";
    static final String STREAM = "stream";
    static final String STREAM_OPTIONS = "stream_options";
    static final String PROMPT = "prompt";
    static final String KV_TRANSFER_PARAMS = "kv_transfer_params";
    static final String REMOTE_HOST = "remote_host";
    static final String PREFILL_RESPONSE = "disagg_prefill_resp";
    static final String BOOTSTRAP_HOST = "bootstrap_host";
    static final String BOOTSTRAP_PORT = "bootstrap_port";
    static final String BOOTSTRAP_ROOM = "bootstrap_room";
    static final String DISAGGREGATED_PARAMS = "disaggregated_params";
    static final String REQUEST_TYPE = "request_type";
    static final String PROMPT_TOKEN_IDS = "prompt_token_ids";
    static final String CHOICES = "choices";

    private Keys() {
    }
}
