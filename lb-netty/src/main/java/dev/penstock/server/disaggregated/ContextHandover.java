package dev.penstock.server.disaggregated;

import dev.penstock.server.body.JsonKind;
import java.util.List;

/**
 * TensorRT-LLM: the prefill endpoint computes the context only, and what it answers of that goes to the decode endpoint
 * for the generation only, with the tokens of the prompt, so that they are not counted out again.
 *
 * @param requestId of both halves
 * @param completions whether the prompt is a text, which tokens can take the place of
 */
record ContextHandover(long requestId, boolean completions) implements Handover.Serial {
    @Override
    public List<String> keys() {
        return List.of(Keys.DISAGGREGATED_PARAMS, Keys.PROMPT_TOKEN_IDS, Keys.PROMPT);
    }

    @Override
    public void prefill(ObjectEdit body) {
        body.remove(Keys.MAX_COMPLETION_TOKENS).set(Keys.DISAGGREGATED_PARAMS,
                "{\"request_type\":\"context_only\",\"disagg_request_id\":" + requestId + '}');
    }

    @Override
    public boolean decode(ObjectEdit body, PrefillAnswer answer) throws UnusableAnswerException {
        PrefillAnswer choice = answer.kind(Keys.DISAGGREGATED_PARAMS).missing() ? answer.firstChoice() : answer;
        JsonKind kind = choice == null ? JsonKind.ABSENT : choice.kind(Keys.DISAGGREGATED_PARAMS);
        if (!kind.missing() && kind != JsonKind.OBJECT) {
            throw new UnusableAnswerException("disaggregated_params has unexpected type");
        }
        byte[] params = choice == null ? null
                : choice.objectWith(Keys.DISAGGREGATED_PARAMS, Keys.REQUEST_TYPE, "\"generation_only\"");
        if (params == null) {
            return false;
        }
        body.set(Keys.DISAGGREGATED_PARAMS, params);
        byte[] tokens = answer.kind(Keys.PROMPT_TOKEN_IDS) == JsonKind.ARRAY ? answer.value(Keys.PROMPT_TOKEN_IDS)
                : null;
        if (tokens != null) {
            body.set(completions ? Keys.PROMPT : Keys.PROMPT_TOKEN_IDS, tokens);
        }
        return true;
    }
}
