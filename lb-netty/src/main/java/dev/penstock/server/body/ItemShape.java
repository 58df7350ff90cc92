package dev.penstock.server.body;

/**
 * What the items of a JSON array are, as far as the rules of the calls ask.
 *
 * @param count number of items
 * @param emptyItem whether one is an empty string, array or object
 * @param longestInner length of the longest item that is an array
 * @param unknownPart whether one is an object that no multimodal embedding model takes
 * @param kinds bits of the kinds of the items
 * @param innerKinds bits of the kinds of what the items that are arrays contain
 */
public record ItemShape(int count, boolean emptyItem, int longestInner, boolean unknownPart, int kinds,
        int innerKinds) {
    static final ItemShape NONE = new ItemShape(0, false, 0, false, 0, 0);

    /** Whether there is at least one item, and every one is of this kind. */
    public boolean allAre(JsonKind kind) {
        return kinds == kind.bit();
    }

    /** Whether every item is an array of at least one integer. */
    public boolean allAreIntegerArrays() {
        return allAre(JsonKind.ARRAY) && innerKinds == JsonKind.INTEGER.bit() && !emptyItem;
    }
}
