package dev.penstock.cache.limits;

/** Where it is kept what users have taken. Any thread; nothing here waits. */
interface Ledger {

    /** A request was not routed: nothing was taken for it. */
    void giveBack(UserLimits who, Verdict taken);

    /**
     * A request has ended.
     *
     * @param used tokens that it really used
     */
    void settle(UserLimits who, Verdict taken, long used);
}
