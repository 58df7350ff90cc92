package dev.penstock.server.exchange;

import dev.penstock.server.body.RequestPath;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a path and a method ask for. Holds no state. */
final class Endpoints {
    private static final String MODELS = "/v1/models";
    private static final String MODEL = "/v1/models/";
    private static final String RESPONSE = "/v1/responses/";
    private static final String CANCEL = "/cancel";
    private static final String INPUT_ITEMS = "/input_items";

    private Endpoints() {
    }

    /** What a request asks for. */
    sealed interface Target {
        /** Path and query for the pod. */
        String target();

        /** The call of a request that is routed, or null where it is not. */
        default @Nullable Api api() {
            return null;
        }
    }

    /**
     * An inference call.
     *
     * @param api the call
     * @param target path and query
     */
    record Inference(Api api, String target) implements Target {}

    /**
     * A WebSocket.
     *
     * @param model the one that the query names, or null where it does not name exactly one
     * @param target path and query
     */
    record Realtime(@Nullable String model, String target) implements Target {
        @Override
        public Api api() {
            return Api.REALTIME;
        }
    }

    /**
     * The list of models, or one of them.
     *
     * @param model its name, or null for all
     * @param target path and query
     */
    record Models(@Nullable String model, String target) implements Target {}

    /**
     * Something that is done with a response that a pod holds.
     *
     * @param responseId its id
     * @param target path and query
     */
    record StoredResponse(String responseId, String target) implements Target {}

    /**
     * Nothing.
     *
     * @param code why
     * @param allow the methods that there are, or null
     * @param target as sent
     */
    record Refused(ErrorCode code, @Nullable String allow, String target) implements Target {}

    static Target of(String method, String rawTarget) {
        // Most targets are the path of a call as it stands: nothing to normalize.
        Api exact = Api.atPath(rawTarget);
        if (exact != null) {
            return inference(method, exact, rawTarget, null);
        }
        RequestPath path = RequestPath.parse(rawTarget);
        if (path == null) {
            return new Refused(ErrorCode.MALFORMED_REQUEST, null, rawTarget);
        }
        Api api = Api.atPath(path.path());
        return api != null ? inference(method, api, path.target(), path.query()) : other(method, path);
    }

    private static Target inference(String method, Api api, String target, @Nullable String query) {
        if (api == Api.REALTIME) {
            return method.equals("GET") ? new Realtime(QueryModel.of(query), target)
                    : new Refused(ErrorCode.METHOD_NOT_ALLOWED, "GET", target);
        }
        return method.equals("POST") ? new Inference(api, target)
                : new Refused(ErrorCode.METHOD_NOT_ALLOWED, "POST", target);
    }

    private static Target other(String method, RequestPath request) {
        String path = request.path();
        String target = request.target();
        if (path.equals(MODELS) || path.startsWith(MODEL)) {
            return method.equals("GET") || method.equals("HEAD")
                    ? new Models(path.equals(MODELS) ? null : decoded(path.substring(MODEL.length())), target)
                    : new Refused(ErrorCode.METHOD_NOT_ALLOWED, "GET, HEAD", target);
        }
        if (path.startsWith(RESPONSE)) {
            return storedResponse(method, path.substring(RESPONSE.length()), target);
        }
        return new Refused(ErrorCode.UNKNOWN_PATH, null, target);
    }

    private static Target storedResponse(String method, String rest, String target) {
        String id = rest;
        String allow = "GET, DELETE";
        if (rest.endsWith(CANCEL)) {
            id = rest.substring(0, rest.length() - CANCEL.length());
            allow = "POST";
        } else if (rest.endsWith(INPUT_ITEMS)) {
            id = rest.substring(0, rest.length() - INPUT_ITEMS.length());
            allow = "GET";
        }
        if (id.isEmpty() || id.indexOf('/') >= 0) {
            return new Refused(ErrorCode.UNKNOWN_PATH, null, target);
        }
        for (String allowed : allow.split(", ", -1)) {
            if (allowed.equals(method)) {
                return new StoredResponse(id, target);
            }
        }
        return new Refused(ErrorCode.METHOD_NOT_ALLOWED, allow, target);
    }

    /** Names of models may hold anything; what the path had to encode is decoded for the look-up. */
    private static String decoded(String name) {
        return name.indexOf('%') < 0 ? name
                : URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
