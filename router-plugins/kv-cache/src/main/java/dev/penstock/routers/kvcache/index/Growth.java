package dev.penstock.routers.kvcache.index;

/** How arrays grow: by a 32nd, because what they have in reserve counts as memory too. */
final class Growth {

    private Growth() {}

    /** The next length, at least so much longer, and never more than a number. */
    static int of(int length, int least, int most) {
        return (int) Math.min(most, Math.max(length + (long) least, length + length / 32L));
    }
}
