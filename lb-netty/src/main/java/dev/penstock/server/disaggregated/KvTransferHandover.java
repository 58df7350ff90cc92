package dev.penstock.server.disaggregated;

import java.util.List;

/**
 * vLLM, {@code shfs}: the prefill endpoint tells in {@code kv_transfer_params} which blocks it holds, and the decode
 * endpoint fetches them from the host of that pod.
 */
record KvTransferHandover(String prefillHost) implements Handover.Serial {
    private static final String ASKED = "{\"do_remote_decode\":true,\"do_remote_prefill\":false,"
            + "\"remote_engine_id\":null,\"remote_block_ids\":null,\"remote_host\":null,\"remote_port\":null}";

    @Override
    public List<String> keys() {
        return List.of(Keys.KV_TRANSFER_PARAMS);
    }

    @Override
    public void prefill(ObjectEdit body) {
        body.set(Keys.KV_TRANSFER_PARAMS, ASKED);
    }

    @Override
    public boolean decode(ObjectEdit body, PrefillAnswer answer) throws UnusableAnswerException {
        return copied(body, answer, prefillHost);
    }

    /** Copies the parameters, with the pod's address in the place of what the engine thinks of itself. */
    static boolean copied(ObjectEdit body, PrefillAnswer answer, String host) throws UnusableAnswerException {
        byte[] params = answer.objectWith(Keys.KV_TRANSFER_PARAMS, Keys.REMOTE_HOST, ObjectEdit.quoted(host));
        if (params == null) {
            return false;
        }
        body.set(Keys.KV_TRANSFER_PARAMS, params);
        return true;
    }
}
