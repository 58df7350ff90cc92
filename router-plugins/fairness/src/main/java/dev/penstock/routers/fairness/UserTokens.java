package dev.penstock.routers.fairness;

import java.util.Arrays;

/**
 * The weighted tokens of one user: those of a sliding window, and those that are guessed of requests in flight, which
 * no window forgets. Confined to one thread.
 */
final class UserTokens {

    private final String user;
    private final int place;
    private final double[] units;
    private long unit;
    private double used;
    private double reserved;
    private int inFlight;

    /**
     * Of a user who has none.
     *
     * @param place his in the range of all users' tokens
     * @param windowUnits units of the window
     * @param unit number of the unit that it is now
     */
    UserTokens(String user, int place, int windowUnits, long unit) {
        this.user = user;
        this.place = place;
        this.units = new double[windowUnits];
        this.unit = unit;
    }

    String user() {
        return user;
    }

    int place() {
        return place;
    }

    double total() {
        return used + reserved;
    }

    /** Whether there is nothing to remember. */
    boolean idle() {
        return inFlight == 0 && used == 0;
    }

    /** It is a later unit now: forgets what has left the window. */
    void turn(long now) {
        long passed = now - unit;
        if (passed <= 0) {
            return;
        }
        if (passed >= units.length) {
            Arrays.fill(units, 0);
        } else {
            for (long i = unit + 1; i <= now; i++) {
                units[at(i)] = 0;
            }
        }
        unit = now;
        // Summed up anew, so that errors of rounding do not add up.
        used = 0;
        for (double tokens : units) {
            used += tokens;
        }
    }

    void reserve(double tokens) {
        inFlight++;
        reserved += tokens;
    }

    /** A request has ended: what it took stands for what was reserved for it. */
    void settle(double reservedTokens, double usedTokens) {
        inFlight--;
        reserved = inFlight == 0 ? 0 : reserved - reservedTokens;
        units[at(unit)] += usedTokens;
        used += usedTokens;
    }

    private int at(long number) {
        return Math.floorMod(number, units.length);
    }
}
