package dev.penstock.server.exchange;

import dev.penstock.server.relay.ErrorBody;
import dev.penstock.spi.ErrorCode;

/** Errors of a connection before there is a request to speak of. Holds no state. */
public final class ErrorAnswers {
    private ErrorAnswers() {
    }

    /** Tells a client what is wrong with its head. To be called on the client's event loop. */
    public static void refuse(ClientStream client, ErrorCode code) {
        client.respond(code.status(), sink -> {
            String marker = code.markerHeader();
            if (marker != null) {
                sink.header(marker, "true");
            }
        }, ErrorBody.OPENAI.bytes(code, code.message(), code.param()));
    }
}
