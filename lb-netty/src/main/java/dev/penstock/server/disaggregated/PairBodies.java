package dev.penstock.server.disaggregated;

import dev.penstock.server.body.BodyPatch;
import dev.penstock.server.body.Violation;
import dev.penstock.spi.Api;
import dev.penstock.spi.ErrorCode;
import dev.penstock.spi.Plan;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The two bodies that one request becomes, as patches of its own: every byte that no connector names is the client's.
 * Confined to one event loop.
 */
public final class PairBodies {
    /** Keys that are set or taken away in every prefill body. */
    private static final List<String> CONTROLLED = List.of(Keys.MAX_TOKENS, Keys.MAX_COMPLETION_TOKENS,
            Keys.MIN_TOKENS, Keys.STREAM, Keys.STREAM_OPTIONS);

    private final Handover handover;
    private final ObjectScanner scanner;
    private final @Nullable ScannedObject body;
    private final @Nullable Violation violation;
    private boolean handedOver;

    private PairBodies(Handover handover, ObjectScanner scanner, ByteBuf text) {
        this.handover = handover;
        this.scanner = scanner;
        List<String> keys = new ArrayList<>(CONTROLLED);
        keys.addAll(handover.keys());
        body = scanner.scan(text, keys);
        violation = body == null ? refusal(scanner) : null;
    }

    private static Violation refusal(ObjectScanner scanner) {
        String ambiguous = scanner.ambiguous();
        ErrorCode code = ambiguous == null ? ErrorCode.INVALID_BODY : ErrorCode.AMBIGUOUS_BODY;
        return new Violation(code, code.message() + ": " + (ambiguous == null ? scanner.failure() : ambiguous),
                ambiguous);
    }

    /**
     * The bodies of a request.
     *
     * @param text its body as it would go to one endpoint; its readable bytes, not kept and not released
     * @param id of the request
     */
    public static PairBodies of(ByteBuf text, Plan.PrefillDecode pair, Api api, String id, Connectors connectors,
            ObjectScanner scanner, RandomGenerator random) {
        return new PairBodies(connectors.handover(pair, api, id, random), scanner, text);
    }

    /** Why the request cannot be divided; null where nothing is wrong. */
    public @Nullable Violation violation() {
        return violation;
    }

    /** Whether both calls are made at once. */
    public boolean parallel() {
        return handover instanceof Handover.Parallel;
    }

    /** The edits of the prefill body. */
    public BodyPatch prefill() {
        ObjectEdit edit = edit().set(Keys.MAX_TOKENS, "1").set(Keys.MAX_COMPLETION_TOKENS, "1")
                .set(Keys.STREAM, "false").remove(Keys.STREAM_OPTIONS).remove(Keys.MIN_TOKENS);
        handover.prefill(edit);
        return edit.patch();
    }

    /** The edits of the decode body, where both calls are made at once. */
    public BodyPatch decode() {
        ObjectEdit edit = edit();
        if (handover instanceof Handover.Parallel both) {
            both.decode(edit);
            handedOver = true;
        }
        return edit.patch();
    }

    /**
     * The edits of the decode body, where they depend on what the prefill endpoint has answered.
     *
     * @param payload its readable bytes are the answer; not released
     * @throws UnusableAnswerException where nothing can be made of it
     */
    public BodyPatch decode(ByteBuf payload) throws UnusableAnswerException {
        ObjectEdit edit = edit();
        PrefillAnswer answer = PrefillAnswer.read(payload, scanner);
        if (handover instanceof Handover.Serial second) {
            handedOver = second.decode(edit, answer);
        }
        return edit.patch();
    }

    /** Whether the decode body tells anything of the prefill endpoint; else its endpoint computes the prompt again. */
    public boolean handedOver() {
        return handedOver;
    }

    private ObjectEdit edit() {
        if (body == null) {
            throw new IllegalStateException("the body is refused");
        }
        return new ObjectEdit(body);
    }
}
