package dev.penstock.cache.prometheus;

import java.util.List;
import java.util.stream.Stream;

/** The queries to Prometheus, as the lines of a table. */
public final class PromQueryTable {

    private PromQueryTable() {}

    /** A line for each query. */
    public static List<String> lines() {
        return Stream.concat(PromQuery.OWN.stream(), PromQuery.SHARED.stream()).map(query -> "| `" + query.gauge()
                + "` | `" + query.gauge().metric() + "` | `" + query.promQl() + "` |").toList();
    }
}
