package dev.penstock.server.disaggregated;

import dev.penstock.server.body.JsonKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON that a prefill endpoint has answered, as far as it is handed over: by its bytes, so that numbers stay as
 * they are. Confined to one event loop.
 */
final class PrefillAnswer {
    private static final List<String> KEYS = List.of(Keys.KV_TRANSFER_PARAMS, Keys.DISAGGREGATED_PARAMS,
            Keys.PROMPT_TOKEN_IDS, Keys.CHOICES);

    private final byte[] text;
    private final ScannedObject members;
    private final ObjectScanner scanner;

    private PrefillAnswer(byte[] text, ObjectScanner scanner) throws UnusableAnswerException {
        this.text = text;
        this.scanner = scanner;
        this.members = scan(text, KEYS);
    }

    /**
     * Reads an answer.
     *
     * @param payload its readable bytes are the answer; not released
     * @throws UnusableAnswerException where it is no JSON object
     */
    static PrefillAnswer read(ByteBuf payload, ObjectScanner scanner) throws UnusableAnswerException {
        return new PrefillAnswer(ByteBufUtil.getBytes(payload), scanner);
    }

    /** All of it; not to be changed. */
    byte[] whole() {
        return text;
    }

    /** What the value of a member is. */
    JsonKind kind(String key) {
        ScannedObject.Member member = members.member(key);
        return member == null ? JsonKind.ABSENT : member.kind();
    }

    /** The value of a member, or null where it is missing. */
    byte @Nullable [] value(String key) {
        ScannedObject.Member member = members.member(key);
        return member == null || member.kind().missing() ? null
                : Arrays.copyOfRange(text, member.start(), member.end());
    }

    /** A member that is an object, with one of its own members set; null where there is no such object. */
    byte @Nullable [] objectWith(String key, String inner, String json) throws UnusableAnswerException {
        byte[] object = kind(key) == JsonKind.OBJECT ? value(key) : null;
        if (object == null) {
            return null;
        }
        ByteBuf edited = new ObjectEdit(scan(object, List.of(inner))).set(inner, json).patch()
                .apply(Unpooled.wrappedBuffer(object), UnpooledByteBufAllocator.DEFAULT);
        try {
            return ByteBufUtil.getBytes(edited);
        } finally {
            edited.release();
        }
    }

    /** The first of its choices, or null where there is none. */
    @Nullable PrefillAnswer firstChoice() throws UnusableAnswerException {
        byte[] choices = kind(Keys.CHOICES) == JsonKind.ARRAY ? value(Keys.CHOICES) : null;
        byte[] first = choices == null ? null : FirstItem.of(choices);
        return first == null ? null : new PrefillAnswer(first, scanner);
    }

    private ScannedObject scan(byte[] object, List<String> keys) throws UnusableAnswerException {
        ScannedObject found = scanner.scan(Unpooled.wrappedBuffer(object), keys);
        if (found == null) {
            throw new UnusableAnswerException("no JSON object: " + scanner.failure());
        }
        return found;
    }
}
