package dev.penstock.cache.scrape;

import java.util.List;

/**
 * A metric family of an engine that is looked at, and where its numbers are among the cells of a page. Immutable.
 *
 * @param name name of the family; with {@code _total} where it is a counter
 * @param kind what it is, and how its series become one number
 * @param labels the labels that hold what is looked for; empty where the values do
 * @param cell index of its first cell
 */
record Family(String name, Kind kind, List<String> labels, int cell) {

    /** Most buckets of a histogram, the last one included; the percentiles of one with more are missing. */
    static final int MOST_BUCKETS = 40;

    /** What a family is, and how its series (of data parallel ranks, of reasons, …) become one number. */
    enum Kind {
        /** A gauge that adds up: requests. */
        SUM,
        /** A gauge that does not: shares. */
        MEAN,
        /** A counter; adds up. */
        COUNTER,
        /** A histogram of which only sum and count are looked at. */
        TIMES,
        /** A histogram with its buckets. */
        HISTOGRAM,
        /** Numbers in labels, which add up, and their product. */
        LABEL_NUMBERS,
        /** Lists in labels; of the series with the greatest value, which is the time of its last change. */
        LABEL_LISTS
    }

    /** How many cells it has. */
    int cells() {
        return switch (kind) {
            case SUM, COUNTER -> 1;
            case MEAN, TIMES -> 2;
            case HISTOGRAM -> 2 + MOST_BUCKETS;
            case LABEL_NUMBERS, LABEL_LISTS -> labels.size() + 1;
        };
    }

    /** Whether its numbers only grow while the engine lives. */
    boolean cumulative() {
        return kind == Kind.COUNTER || kind == Kind.TIMES || kind == Kind.HISTOGRAM;
    }

    /** The cell of its sum: of the values of a mean, or of what a histogram has seen. */
    int sum() {
        return cell;
    }

    /** The cell of the number of what has been summed. */
    int count() {
        return cell + 1;
    }

    /** The cell of its first bucket. */
    int buckets() {
        return cell + 2;
    }

    /** The cell behind those of its labels: the product, or the time of the last change. */
    int last() {
        return cell + labels.size();
    }

    /** The names under which it stands on a page, as they may come after {@code # TYPE}. */
    List<String> typeNames() {
        return name.endsWith("_total") && kind == Kind.COUNTER
                ? List.of(name, name.substring(0, name.length() - "_total".length())) : List.of(name);
    }
}
