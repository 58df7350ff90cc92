package dev.penstock.server.exchange;

import dev.penstock.core.port.ApiKey;
import dev.penstock.server.relay.ErrorBody;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.ModelView;
import dev.penstock.spi.Snapshot;
import org.jspecify.annotations.Nullable;

/** Answers that come from no pod: errors, and the list of models. Holds no state. */
final class OwnAnswers {
    private static final int OK = 200;

    private OwnAnswers() {
    }

    /** The body for an error. */
    static byte[] error(Refusal refusal, ErrorBody shape) {
        return shape.bytes(refusal.code(), refusal.message(), refusal.param());
    }

    /** Tells a client an error. */
    static void refuse(Exchange to, Refusal refusal, byte[] body, @Nullable String allow) {
        to.client().respond(refusal.code().status(), sink -> {
            headers(sink, to.id(), refusal, allow);
            to.loop().proxy().journal().header(to, sink);
        }, body);
    }

    private static void headers(HeaderSink sink, String id, Refusal refusal, @Nullable String allow) {
        sink.header(HeaderNames.REQUEST_ID, id);
        String marker = refusal.code().markerHeader();
        if (marker != null) {
            sink.header(marker, refusal.marker());
        }
        if (refusal.code() == ErrorCode.INVALID_API_KEY) {
            sink.header(HeaderNames.WWW_AUTHENTICATE, "Bearer");
        }
        if (refusal.code() == ErrorCode.WEBSOCKET_REQUIRED) {
            sink.header(HeaderNames.CONNECTION, HeaderNames.UPGRADE);
            sink.header(HeaderNames.UPGRADE, HeaderNames.WEBSOCKET);
            sink.header(HeaderNames.WEBSOCKET_VERSION, "13");
        }
        if (refusal.retryAfterSeconds() >= 0) {
            sink.header(HeaderNames.RETRY_AFTER, Long.toString(refusal.retryAfterSeconds()));
        }
        if (allow != null) {
            sink.header(HeaderNames.ALLOW, allow);
        }
    }

    /** The body for a call about models, or null where the model does not exist. */
    static byte @Nullable [] models(Snapshot snapshot, @Nullable String name, @Nullable ApiKey key) {
        if (name == null) {
            return key == null ? ModelList.all(snapshot) : ModelList.of(snapshot, key);
        }
        ModelView model = snapshot.model(name);
        return model == null ? null : ModelList.one(model);
    }

    /** Sends a body. */
    static void answer(Exchange to, byte[] body) {
        to.client().respond(OK, sink -> {
            sink.header(HeaderNames.REQUEST_ID, to.id());
            to.loop().proxy().journal().header(to, sink);
        }, body);
    }
}
