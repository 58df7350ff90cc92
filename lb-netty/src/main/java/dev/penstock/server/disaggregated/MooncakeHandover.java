package dev.penstock.server.disaggregated;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * vLLM, {@code mooncake}: both endpoints know the transfer by an id that is agreed on beforehand; the decode endpoint
 * finds the other one by the address of its bootstrap server and the id of its engine. The engine's answer says
 * neither, so the id of the engine stands at the pod. Some connectors do answer parameters: these are copied.
 *
 * @param transferId the same in both bodies
 * @param prefillHost host of the prefill pod
 * @param bootstrapPort port of its bootstrap server
 * @param engineId id of its engine, or null where the pod does not say
 */
record MooncakeHandover(String transferId, String prefillHost, int bootstrapPort, @Nullable String engineId)
        implements Handover.Serial {

    @Override
    public List<String> keys() {
        return List.of(Keys.KV_TRANSFER_PARAMS);
    }

    @Override
    public void prefill(ObjectEdit body) {
        body.set(Keys.KV_TRANSFER_PARAMS, "{\"do_remote_decode\":true,\"do_remote_prefill\":false,\"transfer_id\":"
                + ObjectEdit.quoted(transferId) + '}');
    }

    @Override
    public boolean decode(ObjectEdit body, PrefillAnswer answer) throws UnusableAnswerException {
        if (KvTransferHandover.copied(body, answer, prefillHost)) {
            return true;
        }
        if (engineId == null) {
            return false;
        }
        String host = prefillHost.indexOf(':') < 0 ? prefillHost : '[' + prefillHost + ']';
        body.set(Keys.KV_TRANSFER_PARAMS, "{\"do_remote_decode\":false,\"do_remote_prefill\":true,\"transfer_id\":"
                + ObjectEdit.quoted(transferId) + ",\"remote_bootstrap_addr\":"
                + ObjectEdit.quoted("http://" + host + ':' + bootstrapPort) + ",\"remote_engine_id\":"
                + ObjectEdit.quoted(engineId) + '}');
        return true;
    }
}
