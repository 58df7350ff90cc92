package dev.penstock.server.exchange;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.engine.PromptTokens;
import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyPatch;
import dev.penstock.server.body.BodyRules;
import dev.penstock.server.body.BodyScanner;
import dev.penstock.server.body.MultipartFacts;
import dev.penstock.server.body.MultipartScanner;
import dev.penstock.server.body.PromptText;
import dev.penstock.server.body.Violation;
import dev.penstock.server.tokens.PromptIds;
import dev.penstock.server.tokens.TokenizeQuestion;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request from its head until it can be routed: what is checked before the body is read, and what is read of the
 * body. Holds the body for as long as it may have to be sent again. Confined to the event loop of its exchange.
 */
final class RequestIntake {
    /** How much of a body that flows is read ahead of its pod. */
    private static final long READ_AHEAD = 64 * 1024;
    private static final long[] NO_HASHES = {};
    private static final String IDENTITY = "identity";
    private static final String CONTINUE = "100-continue";

    private enum Kind { DISCARDED, HELD, JSON, MULTIPART }

    private final Exchange exchange;
    private final LoopState loop;
    private final RequestHead head;
    private final LiveSettings settings;
    private final HeldBody held;
    private Kind kind = Kind.DISCARDED;
    private @Nullable BodyScanner json;
    private @Nullable MultipartScanner multipart;
    private @Nullable BodyFacts facts;
    private BodyPatch patch = BodyPatch.NONE;
    private long announced;
    private long received;
    private boolean complete;
    private boolean routed;
    private boolean flowing;
    private boolean usageInjected;
    private boolean reading = true;
    /** When the body began; later by the time in which it was not read. */
    private long bodySinceNanos;
    private long pausedAtNanos;

    RequestIntake(Exchange exchange, LoopState loop, RequestHead head, LiveSettings settings,
            long arrivalNanos) {
        this.exchange = exchange;
        this.loop = loop;
        this.head = head;
        this.settings = settings;
        this.held = new HeldBody(loop.proxy().context().budget());
        this.bodySinceNanos = arrivalNanos;
    }

    // ---- the head

    /** Checks what the head tells; null if the body can come. */
    @Nullable Refusal start(Endpoints.Target target) {
        announced = head.bodyLength();
        String encoding = head.header(HeaderNames.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase(IDENTITY)) {
            return Refusal.of(ErrorCode.ENCODED_BODY);
        }
        String expected = head.header(HeaderNames.EXPECT);
        if (expected != null && !expected.equalsIgnoreCase(CONTINUE)) {
            return Refusal.of(ErrorCode.EXPECTATION_FAILED);
        }
        if (announced > settings.limits().bodyBytes()) {
            return Refusal.of(ErrorCode.BODY_TOO_LARGE);
        }
        Refusal refused = switch (target) {
            case Endpoints.Inference(Api api, String path) -> inference(api);
            case Endpoints.StoredResponse stored -> {
                kind = Kind.HELD;
                yield null;
            }
            case Endpoints.Realtime(String model, String path) -> {
                Refusal handshake = WebSocketHandshake.check(head, exchange.client().tunnels());
                yield handshake != null ? handshake : model == null ? Refusal.noModelInQuery() : null;
            }
            case Endpoints.Models models -> null;
            case Endpoints.Refused nothing -> Refusal.of(nothing.code());
        };
        if (refused != null) {
            return refused;
        }
        if (kind != Kind.DISCARDED && kind != Kind.MULTIPART && announced > 0 && !held.take(announced)) {
            return Refusal.of(ErrorCode.BODY_BUDGET_EXHAUSTED);
        }
        if (expected != null && announced != 0) {
            exchange.client().sendContinue();
        }
        return null;
    }

    private @Nullable Refusal inference(Api api) {
        if (!api.multipart()) {
            kind = Kind.JSON;
            BodyScanner scanner = loop.bodyScanners.take();
            scanner.reset(loop.proxy().promptWanted());
            json = scanner;
            return null;
        }
        kind = Kind.MULTIPART;
        MultipartScanner scanner = loop.multipartScanners.take();
        multipart = scanner;
        Violation violation = scanner.reset(head.header(HeaderNames.CONTENT_TYPE));
        return violation == null ? null : Refusal.of(violation);
    }

    // ---- the body

    /** The next bytes of the body, which are taken over. */
    void body(ByteBuf bytes, boolean last) {
        received += bytes.readableBytes();
        complete = last;
        Refusal refused = look(bytes, last);
        if (refused != null) {
            bytes.release();
            exchange.refuse(refused);
            return;
        }
        if (flowing) {
            flowOn(bytes);
            return;
        }
        if (kind == Kind.DISCARDED) {
            bytes.release();
        } else {
            held.add(bytes, exchange.client().alloc());
        }
        if (last && !routed) {
            whole();
        } else if (kind == Kind.MULTIPART && !routed) {
            routeEarly();
        } else if (routed) {
            pauseWhenAhead();
        }
    }

    private @Nullable Refusal look(ByteBuf bytes, boolean last) {
        if (received > settings.limits().bodyBytes()) {
            return Refusal.of(ErrorCode.BODY_TOO_LARGE);
        }
        boolean unannounced = kind == Kind.MULTIPART || announced < 0;
        if (unannounced && kind != Kind.DISCARDED && !flowing && !held.take(bytes.readableBytes())) {
            return Refusal.of(ErrorCode.BODY_BUDGET_EXHAUSTED);
        }
        Violation violation = null;
        if (json != null) {
            violation = json.scan(bytes) ? null : json.violation();
            if (violation == null && last) {
                violation = json.finish();
            }
        } else if (multipart != null) {
            violation = multipart.scan(bytes) ? null : multipart.violation();
            if (violation == null && last) {
                violation = multipart.finish();
            }
        }
        return violation == null ? null : Refusal.of(violation);
    }

    private void whole() {
        switch (kind) {
            case JSON -> jsonWhole();
            case MULTIPART -> {
                multipartKnown(Objects.requireNonNull(multipart).facts());
            }
            case HELD, DISCARDED -> {
                routed = true;
                exchange.taken();
            }
        }
    }

    private void jsonWhole() {
        BodyFacts found = Objects.requireNonNull(json).facts();
        giveBack();
        facts = found;
        Api api = exchange.inference();
        Violation violation = BodyRules.check(api, found);
        if (violation == null && found.stream() && hasUsageOption(api) && !found.usageAsked()) {
            switch (settings.usage()) {
                case REQUIRE -> violation = Violation.of(ErrorCode.USAGE_REQUIRED);
                case INJECT -> {
                    patch = BodyPatch.includeUsage(found);
                    usageInjected = !patch.isEmpty();
                }
                case ESTIMATE -> { }
            }
        }
        if (violation != null) {
            exchange.refuse(Refusal.of(violation));
            return;
        }
        routed = true;
        String model = found.model();
        exchange.dispatch().route(model == null ? "" : model, found.stream(), found.maxTokens(), found.user());
    }

    /** Only these two know {@code stream_options}; the other streams tell their usage unasked. */
    private static boolean hasUsageOption(Api api) {
        return api == Api.CHAT_COMPLETIONS || api == Api.COMPLETIONS;
    }

    private void routeEarly() {
        MultipartScanner scanner = multipart;
        if (scanner != null && scanner.factsSoFar().model() != null) {
            multipartKnown(scanner.factsSoFar());
        }
    }

    private void multipartKnown(MultipartFacts found) {
        routed = true;
        String model = found.model();
        exchange.dispatch().route(model == null ? "" : model, found.stream(), -1, null);
        if (!complete) {
            pauseWhenAhead();
        }
    }

    private void pauseWhenAhead() {
        if (!flowing && !complete && held.length() >= READ_AHEAD) {
            readBody(false);
        }
    }

    /** Goes on reading the body, or leaves it at the client. */
    void readBody(boolean on) {
        if (on != reading && !complete) {
            reading = on;
            if (on) {
                bodySinceNanos += loop.nanoTime() - pausedAtNanos;
            } else {
                pausedAtNanos = loop.nanoTime();
            }
            exchange.client().readBody(on);
        }
    }

    /** Whether the body is read. */
    boolean reading() {
        return reading;
    }

    /** Time for the next part of the body to come; 0 for ever. */
    long bodyTimeoutNanos(long now) {
        return BodyPace.timeoutNanos(now - bodySinceNanos, received, settings);
    }

    private void flowOn(ByteBuf bytes) {
        exchange.bodyFlows(bytes, complete);
    }

    // ---- for the upstream side

    /** Whether all of the body is there. */
    boolean complete() {
        return complete;
    }

    /** Bytes of the body as they go to the pod; -1 where they are not known. */
    long length() {
        if (complete && !flowing) {
            return held.length() + patch.growth();
        }
        return announced;
    }

    /** Bytes of the body that have come. */
    long received() {
        return received;
    }

    /** Bytes held, for the routers to know how much work the request is. */
    long bytesKnown() {
        return Math.max(received, announced);
    }

    /**
     * What can be sent now, for the caller to release. A body that is whole stays held, so that it can be sent again;
     * of another one everything that is there is given away, and the rest flows.
     */
    ByteBuf send() {
        ByteBuf bytes = held.bytes(exchange.client().alloc());
        if (complete && !flowing) {
            return patch.isEmpty() ? bytes.retainedSlice() : patch.apply(bytes, exchange.client().alloc());
        }
        flowing = true;
        ByteBuf given = held.handOver(exchange.client().alloc());
        readBody(true);
        return given;
    }

    /** Whether the whole body can be sent once more. */
    boolean replayable() {
        return !flowing;
    }

    /** Whether usage was asked for in the client's place. */
    boolean usageInjected() {
        return usageInjected;
    }

    /** From now on the body asks for another model. Not for forms: see {@link #renames}. */
    void rename(String model) {
        patch = patch.and(BodyPatch.model(Objects.requireNonNull(facts), model));
    }

    /** Whether the body names its model in a place where another name can stand. */
    boolean renames() {
        return facts != null;
    }

    /** Tokens of the prompt, roughly; -1 where nothing is routed by its text. */
    long promptTokens() {
        BodyFacts found = facts;
        return found == null || exchange.api() == Api.EMBEDDINGS ? -1 : PromptTokens.of(found.promptBytes());
    }

    /**
     * Tokens that the request may cost, roughly: those that it sends, and the most that it wants generated.
     *
     * @param maxTokens the most that it wants, or -1 where it does not tell
     */
    long tokensAsked(long maxTokens) {
        long prompt = promptTokens();
        return Math.max(0, maxTokens) + (prompt >= 0 ? prompt : kind == Kind.JSON ? PromptTokens.of(received) : 0);
    }

    /** The text of the prompt. */
    String prompt(Api api) {
        BodyFacts found = facts;
        return found == null ? "" : PromptText.of(found, held.bytes(exchange.client().alloc()), api);
    }

    /** Chained hashes over the blocks of what engines keep of the request. */
    long[] prefixHashes(Api api, String model, int blockBytes) {
        BodyFacts found = facts;
        return found == null ? NO_HASHES
                : loop.prefixHasher.hashes(found, held.bytes(exchange.client().alloc()), api, model, blockBytes);
    }

    // ---- for tokens of the prompt

    /** The text of the prompt, also where nothing else is routed by text. */
    String promptForTokens(Api api) {
        if (facts == null || loop.proxy().promptWanted()) {
            return prompt(api);
        }
        // Where its texts are was not noted, because most requests do not need it: they are looked for once more.
        BodyScanner scanner = loop.bodyScanners.take();
        try {
            scanner.reset(true);
            ByteBuf bytes = held.bytes(exchange.client().alloc());
            return scanner.scan(bytes) && scanner.finish() == null ? PromptText.of(scanner.facts(), bytes, api) : "";
        } finally {
            loop.bodyScanners.give(scanner);
        }
    }

    /** The tokens of a prompt that the client has sent as such; null where it has not. */
    int @Nullable [] promptIds(Api api) {
        BodyFacts found = facts;
        return found == null ? null : PromptIds.of(found, held.bytes(exchange.client().alloc()), api);
    }

    /** What an engine is asked for the tokens of the prompt; null where it cannot be asked. */
    byte @Nullable [] tokenizeQuestion(Api api, String model) {
        BodyFacts found = facts;
        return found == null ? null
                : TokenizeQuestion.of(found, held.bytes(exchange.client().alloc()), api, model);
    }

    /** Takes room for something beside the body, until {@link #giveBack} or the body is released. */
    boolean takeRoom(long bytes) {
        return held.take(bytes);
    }

    void giveBack(long bytes) {
        held.giveBack(bytes);
    }

    /** The body will not be sent again. */
    void release() {
        giveBack();
        held.release();
    }

    private void giveBack() {
        if (json != null) {
            loop.bodyScanners.give(json);
            json = null;
        }
        if (multipart != null && (complete || exchange.ended())) {
            loop.multipartScanners.give(multipart);
            multipart = null;
        }
    }
}
