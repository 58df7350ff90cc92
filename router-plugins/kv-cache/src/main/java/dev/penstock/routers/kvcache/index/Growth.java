package dev.penstock.routers.kvcache.index;

/** How arrays grow: by a seventh, because what they have in reserve counts as memory too. */
final class Growth {

    private Growth() {}

    static int of(int length, int most) {
        return (int) Math.min(most, Math.max(length + 16L, length + length / 7L));
    }
}
