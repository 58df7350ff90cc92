package dev.penstock.server.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.AsciiString;
import java.util.Arrays;

/**
 * Room in which a head is put together before it becomes a buffer. Confined to one event loop, and shared by all its
 * connections: a head is built in one go.
 *
 * <p>Twenty short pieces written into an array and copied once cost a fraction of what they cost written into a buffer
 * one by one, with its checks for each.
 */
public final class HeadBuilder {
    private byte[] bytes = new byte[4096];
    private int length;

    /** Makes the room; one for each event loop. */
    public HeadBuilder() {
    }

    /** Begins the next head. */
    public HeadBuilder begin() {
        length = 0;
        return this;
    }

    /** Appends text as it is; Latin-1. */
    public HeadBuilder text(CharSequence text) {
        int count = text.length();
        reserve(count);
        if (text instanceof AsciiString ascii) {
            System.arraycopy(ascii.array(), ascii.arrayOffset(), bytes, length, count);
        } else if (text instanceof String string) {
            lowBytes(string, count);
        } else {
            for (int i = 0; i < count; i++) {
                bytes[length + i] = (byte) text.charAt(i);
            }
        }
        length += count;
        return this;
    }

    @SuppressWarnings("deprecation") // The only way to copy a Latin-1 string without an array in between.
    private void lowBytes(String string, int count) {
        string.getBytes(0, count, bytes, length);
    }

    /** Appends a value that is not known to be one: what would end the line becomes a blank, what is no Latin-1 '?'. */
    public HeadBuilder value(CharSequence text) {
        if (text instanceof AsciiString) {
            return clean(text(text).length - text.length());
        }
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            char c = text.charAt(i);
            bytes[length++] = (byte) (c < ' ' || c == 0x7f ? ' ' : c > 0xff ? '?' : c);
        }
        return this;
    }

    private HeadBuilder clean(int from) {
        for (int i = from; i < length; i++) {
            byte b = bytes[i];
            if ((b >= 0 && b < ' ') || b == 0x7f) {
                bytes[i] = ' ';
            }
        }
        return this;
    }

    /** Appends a header whose value is known to be one. */
    public HeadBuilder header(CharSequence name, CharSequence value) {
        text(name);
        reserve(2);
        bytes[length++] = ':';
        bytes[length++] = ' ';
        return text(value).endLine();
    }

    /** Appends bytes. */
    public HeadBuilder bytes(byte[] from, int start, int count) {
        reserve(count);
        System.arraycopy(from, start, bytes, length, count);
        length += count;
        return this;
    }

    /** Appends one character. */
    public HeadBuilder character(char c) {
        reserve(1);
        bytes[length++] = (byte) c;
        return this;
    }

    /** Appends a number that is not negative. */
    public HeadBuilder decimal(long number) {
        int digits = 1;
        for (long rest = number / 10; rest != 0; rest /= 10) {
            digits++;
        }
        reserve(digits);
        long rest = number;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    /** Appends CR LF. */
    public HeadBuilder endLine() {
        reserve(2);
        bytes[length++] = '\r';
        bytes[length++] = '\n';
        return this;
    }

    /**
     * The head as a buffer.
     *
     * @param room bytes that the buffer has behind the head
     */
    public ByteBuf toBuffer(ByteBufAllocator allocator, int room) {
        ByteBuf out = allocator.ioBuffer(length + room);
        out.writeBytes(bytes, 0, length);
        return out;
    }

    private void reserve(int count) {
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
    }
}
