package dev.penstock.server.disaggregated;

import java.util.List;

/**
 * SGLang: both endpoints are told where the prefill endpoint's bootstrap server is, and the number of a room that is
 * this request's. What a client says of these is overwritten.
 *
 * @param host host of the prefill pod
 * @param port port of its bootstrap server
 * @param room not negative
 */
record BootstrapHandover(String host, int port, long room) implements Handover.Parallel {
    @Override
    public List<String> keys() {
        return List.of(Keys.BOOTSTRAP_HOST, Keys.BOOTSTRAP_PORT, Keys.BOOTSTRAP_ROOM);
    }

    @Override
    public void prefill(ObjectEdit body) {
        decode(body);
    }

    @Override
    public void decode(ObjectEdit body) {
        body.setText(Keys.BOOTSTRAP_HOST, host).set(Keys.BOOTSTRAP_PORT, Integer.toString(port))
                .set(Keys.BOOTSTRAP_ROOM, Long.toString(room));
    }
}
