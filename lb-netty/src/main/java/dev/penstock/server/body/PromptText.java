package dev.penstock.server.body;

import dev.penstock.spi.Api;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The text of a request that routers look at. Costs a copy of the prompt: made only where a router asks for text.
 */
public final class PromptText {
    private PromptText() {
    }

    /**
     * The text of a body: contents, prompts, inputs, or query and documents, joined by one space. Strings are
     * unescaped; other values are their bytes as sent. Empty for calls that are not routed by text.
     *
     * @param facts of a scan that collected the prompt
     * @param body the readable bytes that were scanned; its reader index stays where it is
     */
    public static String of(BodyFacts facts, ByteBuf body, Api api) {
        return switch (api) {
            case CHAT_COMPLETIONS, MESSAGES -> join(facts, body, BodyKey.MESSAGES, BodyKey.MESSAGES);
            case COMPLETIONS, IMAGES, VIDEO -> join(facts, body, BodyKey.PROMPT, BodyKey.PROMPT);
            case RESPONSES, CLASSIFY -> join(facts, body, BodyKey.INPUT, BodyKey.INPUT);
            case RERANK -> join(facts, body, BodyKey.QUERY, BodyKey.DOCUMENTS);
            case EMBEDDINGS, TRANSCRIPTIONS, TRANSLATIONS, REALTIME -> "";
        };
    }

    private static String join(BodyFacts facts, ByteBuf body, BodyKey first, BodyKey second) {
        int[] spans = facts.spans();
        byte[] text = new byte[room(spans, first, second)];
        int length = append(spans, first, body, text, 0);
        if (second != first) {
            length = append(spans, second, body, text, length);
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
    }

    private static int room(int[] spans, BodyKey first, BodyKey second) {
        int room = 0;
        for (int at = 0; at < spans.length; at += PromptSpans.WIDTH) {
            if (spans[at] == first.index() || spans[at] == second.index()) {
                room += spans[at + 2] - spans[at + 1] + 1;
            }
        }
        return room;
    }

    private static int append(int[] spans, BodyKey key, ByteBuf body, byte[] text, int from) {
        int length = from;
        for (int at = 0; at < spans.length; at += PromptSpans.WIDTH) {
            if (spans[at] != key.index()) {
                continue;
            }
            if (length > 0) {
                text[length++] = ' ';
            }
            int quote = spans[at + 3];
            int start = spans[at + 1] + quote;
            int count = spans[at + 2] - quote - start;
            body.getBytes(body.readerIndex() + start, text, length, count);
            length = quote == 1 ? unescape(text, length, count) : length + count;
        }
        return length;
    }

    /** Unescapes in place, for no escape is shorter than what it stands for; returns the index behind the text. */
    private static int unescape(byte[] text, int from, int count) {
        int end = from + count;
        int at = from;
        while (at < end && text[at] != '\\') {
            at++;
        }
        int out = at;
        while (at < end) {
            byte b = text[at++];
            if (b != '\\') {
                text[out++] = b;
                continue;
            }
            byte escape = text[at++];
            switch (escape) {
                case 'b' -> text[out++] = '\b';
                case 'f' -> text[out++] = '\f';
                case 'n' -> text[out++] = '\n';
                case 'r' -> text[out++] = '\r';
                case 't' -> text[out++] = '\t';
                case 'u' -> {
                    int unit = unit(text, at);
                    at += 4;
                    if (Character.isHighSurrogate((char) unit) && lowFollows(text, at, end)) {
                        unit = Character.toCodePoint((char) unit, (char) unit(text, at + 2));
                        at += 6;
                    }
                    out = Utf8.encode(text, out, unit);
                }
                default -> text[out++] = escape;
            }
        }
        return out;
    }

    private static boolean lowFollows(byte[] text, int at, int end) {
        return at + 6 <= end && text[at] == '\\' && text[at + 1] == 'u'
                && Character.isLowSurrogate((char) unit(text, at + 2));
    }

    private static int unit(byte[] text, int at) {
        int unit = 0;
        for (int i = at; i < at + 4; i++) {
            unit = (unit << 4) | Character.digit(text[i], 16);
        }
        return unit;
    }
}
