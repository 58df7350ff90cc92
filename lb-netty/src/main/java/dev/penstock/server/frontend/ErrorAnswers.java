package dev.penstock.server.frontend;

import dev.penstock.server.exchange.ClientStream;
import dev.penstock.server.relay.ErrorBody;
import dev.penstock.spi.ErrorCode;

/** Errors of a connection before there is a request to speak of. Holds no state. */
final class ErrorAnswers {
    private ErrorAnswers() {
    }

    static void refuse(ClientStream client, ErrorCode code) {
        client.respond(code.status(), sink -> {
            String marker = code.markerHeader();
            if (marker != null) {
                sink.header(marker, "true");
            }
        }, ErrorBody.OPENAI.bytes(code, code.message(), code.param()));
    }
}
