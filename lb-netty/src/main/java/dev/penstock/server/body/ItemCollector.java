package dev.penstock.server.body;

import java.nio.charset.StandardCharsets;

/** Gathers the {@link ItemShape} of the array that is walked. Confined to one event loop. */
final class ItemCollector {
    private static final byte[] CONTENT = bytes("content");
    private static final byte[] TYPE = bytes("type");
    private static final byte[][] FLAT = {bytes("text"), bytes("image"), bytes("video")};
    private static final byte[][] TYPES = {
        bytes("text"), bytes("image_url"), bytes("image"), bytes("video_url"), bytes("video")};

    /** What the last key of an item that is an object was. */
    private enum Member { OTHER, CONTENT, TYPE, TEXT, MEDIUM }

    private int count;
    private boolean emptyItem;
    private int longestInner;
    private boolean unknownPart;
    private int kinds;
    private int innerKinds;

    private JsonKind item = JsonKind.ABSENT;
    private int innerCount;
    private Member member = Member.OTHER;
    private boolean typeSeen;
    private boolean typeKnown;
    private boolean flatSeen;

    void begin() {
        count = 0;
        emptyItem = false;
        longestInner = 0;
        unknownPart = false;
        kinds = 0;
        innerKinds = 0;
        member = Member.OTHER;
    }

    ItemShape shape() {
        return count == 0
                ? ItemShape.NONE
                : new ItemShape(count, emptyItem, longestInner, unknownPart, kinds, innerKinds);
    }

    /** An item that is neither array nor object. */
    void item(JsonKind kind, boolean empty) {
        count++;
        kinds |= kind.bit();
        emptyItem |= empty;
    }

    /** An item that is an array or object begins. */
    void open(JsonKind kind) {
        item(kind, false);
        item = kind;
        innerCount = 0;
        member = Member.OTHER;
        typeSeen = false;
        typeKnown = false;
        flatSeen = false;
    }

    /** The item that is an array or object ended. */
    void close(boolean empty) {
        emptyItem |= empty;
        longestInner = Math.max(longestInner, innerCount);
        if (item == JsonKind.OBJECT) {
            unknownPart |= typeSeen ? !typeKnown : !flatSeen;
        }
        member = Member.OTHER;
    }

    /** A key of an item that is an object; its text is the walker's. */
    void key(JsonWalker walker) {
        if (walker.textIs(CONTENT)) {
            member = Member.CONTENT;
        } else if (walker.textIs(TYPE)) {
            member = Member.TYPE;
        } else if (walker.textIs(FLAT[0])) {
            member = Member.TEXT;
        } else if (walker.textIs(FLAT[1]) || walker.textIs(FLAT[2])) {
            member = Member.MEDIUM;
        } else {
            member = Member.OTHER;
        }
    }

    boolean atContent() {
        return item == JsonKind.OBJECT && member == Member.CONTENT;
    }

    boolean atType() {
        return item == JsonKind.OBJECT && member == Member.TYPE;
    }

    /** What an item contains: a member's value, or an item of an inner array. */
    void member(JsonKind kind, boolean empty, JsonWalker walker) {
        if (item == JsonKind.ARRAY) {
            innerCount++;
            innerKinds |= kind.bit();
            return;
        }
        switch (member) {
            case TYPE -> {
                typeSeen = true;
                typeKnown = kind == JsonKind.STRING && knownType(walker);
            }
            case TEXT -> {
                flatSeen = true;
                emptyItem |= empty;
            }
            case MEDIUM -> flatSeen |= !empty;
            default -> { }
        }
    }

    private static boolean knownType(JsonWalker walker) {
        for (byte[] type : TYPES) {
            if (walker.textIs(type)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
