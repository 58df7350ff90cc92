package dev.penstock.server.disaggregated;

import java.util.List;

/** vLLM, {@code nixl}, as AIBrix has it: the whole answer of the prefill endpoint goes into the decode body. */
record ResponseHandover() implements Handover.Serial {
    @Override
    public List<String> keys() {
        return List.of(Keys.PREFILL_RESPONSE);
    }

    @Override
    public void prefill(ObjectEdit body) {
    }

    @Override
    public boolean decode(ObjectEdit body, PrefillAnswer answer) {
        body.set(Keys.PREFILL_RESPONSE, answer.whole());
        return true;
    }
}
