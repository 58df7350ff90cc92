package dev.penstock.bench.soak;

/**
 * What the judge found.
 *
 * @param end how the request ended
 * @param why what an end that nothing explains looks like; else what explains it, or empty
 */
record Verdict(End end, String why) {
    static Verdict of(End end) {
        return new Verdict(end, "");
    }

    static Verdict unexplained(String why) {
        return new Verdict(End.UNEXPLAINED, why);
    }
}
