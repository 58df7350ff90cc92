package dev.penstock.cache.kvevents;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads MessagePack, value by value. Trusts nothing: a length is believed only as far as there are bytes, and nesting
 * is bounded. Confined to one thread.
 */
final class MsgpackReader {

    /** What a value is. */
    enum Kind { NIL, BOOLEAN, INTEGER, FLOAT, STRING, BINARY, ARRAY, MAP, EXTENSION }

    private static final int DEEPEST = 32;

    private final byte[] bytes;
    private int at;

    MsgpackReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Where it reads next. */
    int position() {
        return at;
    }

    /** Reads on somewhere else. */
    void position(int next) {
        at = next;
    }

    boolean atEnd() {
        return at >= bytes.length;
    }

    /** What the next value is. */
    Kind kind() throws MalformedEventException {
        int tag = peek();
        if (tag <= 0x7F || tag >= 0xE0) {
            return Kind.INTEGER;
        } else if (tag <= 0x8F) {
            return Kind.MAP;
        } else if (tag <= 0x9F) {
            return Kind.ARRAY;
        } else if (tag <= 0xBF) {
            return Kind.STRING;
        }
        return switch (tag) {
            case 0xC0 -> Kind.NIL;
            case 0xC2, 0xC3 -> Kind.BOOLEAN;
            case 0xC4, 0xC5, 0xC6 -> Kind.BINARY;
            case 0xCA, 0xCB -> Kind.FLOAT;
            case 0xCC, 0xCD, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3 -> Kind.INTEGER;
            case 0xD9, 0xDA, 0xDB -> Kind.STRING;
            case 0xDC, 0xDD -> Kind.ARRAY;
            case 0xDE, 0xDF -> Kind.MAP;
            case 0xC7, 0xC8, 0xC9, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8 -> Kind.EXTENSION;
            default -> throw wrong("a value");
        };
    }

    /** Passes over a nil; false where something else is next. */
    boolean nil() throws MalformedEventException {
        if (peek() != 0xC0) {
            return false;
        }
        at++;
        return true;
    }

    /** An integer of any width; an unsigned one of 64 bits as the same 64 bits. */
    long integer() throws MalformedEventException {
        int tag = peek();
        if (tag <= 0x7F) {
            at++;
            return tag;
        } else if (tag >= 0xE0) {
            at++;
            return (byte) tag;
        }
        int width = switch (tag) {
            case 0xCC, 0xD0 -> 1;
            case 0xCD, 0xD1 -> 2;
            case 0xCE, 0xD2 -> 4;
            case 0xCF, 0xD3 -> 8;
            default -> throw wrong("an integer");
        };
        at++;
        long value = unsigned(width);
        int unused = Long.SIZE - width * Byte.SIZE;
        return tag >= 0xD0 ? value << unused >> unused : value;
    }

    /** An integer that fits into 32 bits. */
    int smallInteger() throws MalformedEventException {
        int before = at;
        long value = integer();
        if (value != (int) value) {
            at = before;
            throw wrong("an integer of 32 bits");
        }
        return (int) value;
    }

    String string() throws MalformedEventException {
        int length = stringLength();
        String text = new String(bytes, at, length, StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    private int stringLength() throws MalformedEventException {
        int tag = peek();
        if (tag >= 0xA0 && tag <= 0xBF) {
            at++;
            return held(tag & 0x1F, 1);
        }
        return switch (tag) {
            case 0xD9 -> sized(1);
            case 0xDA -> sized(2);
            case 0xDB -> sized(4);
            default -> throw wrong("a string");
        };
    }

    /** The first eight bytes of a binary as an integer; big-endian. */
    long eightBytes() throws MalformedEventException {
        int before = at;
        int length = switch (peek()) {
            case 0xC4 -> sized(1);
            case 0xC5 -> sized(2);
            case 0xC6 -> sized(4);
            default -> throw wrong("bytes");
        };
        if (length < Long.BYTES) {
            at = before;
            throw wrong("eight bytes or more");
        }
        int end = at + length;
        long value = unsigned(Long.BYTES);
        at = end;
        return value;
    }

    /** How many values an array has, which follow. */
    int array() throws MalformedEventException {
        int tag = peek();
        if (tag >= 0x90 && tag <= 0x9F) {
            at++;
            return held(tag & 0xF, 1);
        }
        return switch (tag) {
            case 0xDC -> sized(2);
            case 0xDD -> sized(4);
            default -> throw wrong("an array");
        };
    }

    /** How many pairs a map has, which follow. */
    int map() throws MalformedEventException {
        int tag = peek();
        if (tag >= 0x80 && tag <= 0x8F) {
            at++;
            return held(tag & 0xF, 2);
        }
        if (tag == 0xDE || tag == 0xDF) {
            at++;
            return held(unsigned(tag == 0xDE ? 2 : 4), 2);
        }
        throw wrong("a map");
    }

    /** Passes over a value, whatever it is. */
    void skip() throws MalformedEventException {
        skip(0);
    }

    private void skip(int depth) throws MalformedEventException {
        if (depth > DEEPEST) {
            throw wrong("less nesting");
        }
        switch (kind()) {
            case NIL, BOOLEAN -> at++;
            case INTEGER -> integer();
            case FLOAT -> at += held(peek() == 0xCA ? 5 : 9, 1);
            case STRING -> {
                int length = stringLength();
                at += length;
            }
            case BINARY -> {
                int tag = peek();
                int length = sized(1 << (tag - 0xC4));
                at += length;
            }
            case ARRAY -> skip(array(), depth);
            case MAP -> skip(2L * map(), depth);
            case EXTENSION -> {
                int tag = peek();
                int length = tag >= 0xD4 ? held((1 << (tag - 0xD4)) + 2L, 1) : sized(1 << (tag - 0xC7)) + 1;
                at += held(length, 1);
            }
        }
    }

    private void skip(long values, int depth) throws MalformedEventException {
        for (long i = 0; i < values; i++) {
            skip(depth + 1);
        }
    }

    /** A tag and the length after it. */
    private int sized(int width) throws MalformedEventException {
        at++;
        return held(unsigned(width), 1);
    }

    /** A number of things of which each takes so many bytes at least: no more than there can be. */
    private int held(long things, int bytesOfEach) throws MalformedEventException {
        if (things < 0 || things * bytesOfEach > bytes.length - at) {
            throw wrong(things + " values or bytes more");
        }
        return (int) things;
    }

    private long unsigned(int width) throws MalformedEventException {
        if (width > bytes.length - at) {
            throw wrong(width + " bytes more");
        }
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = value << Byte.SIZE | (bytes[at++] & 0xFF);
        }
        return value;
    }

    private int peek() throws MalformedEventException {
        if (at >= bytes.length) {
            throw wrong("a value");
        }
        return bytes[at] & 0xFF;
    }

    /** Something else was expected here. */
    MalformedEventException wrong(String expected) {
        @Nullable String found = at < bytes.length ? "0x" + Integer.toHexString(bytes[at] & 0xFF) : "the end";
        return new MalformedEventException("byte " + at + ": " + found + " (expected: " + expected + ")");
    }
}
