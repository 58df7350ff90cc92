package dev.penstock.server.tokens;

import dev.penstock.server.body.BodyFacts;
import dev.penstock.server.body.BodyKey;
import dev.penstock.server.body.JsonKind;
import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Prompts that clients have made tokens of themselves: {@code "prompt": [1, 2, 3]}. Holds no state. */
public final class PromptIds {

    private PromptIds() {}

    /**
     * The tokens of such a prompt; null where it is another one, or where a number is none of a token.
     *
     * @param body the readable bytes that were scanned; its reader index stays where it is
     */
    public static int @Nullable [] of(BodyFacts facts, ByteBuf body, Api api) {
        if (api != Api.COMPLETIONS || !facts.shape(BodyKey.PROMPT).allAre(JsonKind.INTEGER)) {
            return null;
        }
        int[] tokens = new int[facts.shape(BodyKey.PROMPT).count()];
        int count = -1;
        long value = 0;
        boolean within = false;
        int end = body.readerIndex() + facts.end(BodyKey.PROMPT) - 1;
        for (int at = body.readerIndex() + facts.start(BodyKey.PROMPT) + 1; at < end; at++) {
            int digit = body.getByte(at) - '0';
            if (digit == '-' - '0') {
                return null;
            }
            boolean isDigit = digit >= 0 && digit <= 9;
            if (isDigit) {
                count += within ? 0 : 1;
                value = within ? 10 * value + digit : digit;
                if (value > Integer.MAX_VALUE) {
                    return null;
                }
                tokens[count] = (int) value;
            }
            within = isDigit;
        }
        return tokens;
    }
}
