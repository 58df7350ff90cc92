package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.LoadCase;
import java.util.List;

/**
 * Where the engines listen on the loopback interface. An engine that answers without computing has one answer, so there
 * are two groups.
 *
 * @param json engines that answer at once
 * @param sse engines that stream
 */
record EnginePorts(List<Integer> json, List<Integer> sse) {
    EnginePorts {
        json = List.copyOf(json);
        sse = List.copyOf(sse);
    }

    /** The first engine that serves {@code load}. */
    int first(LoadCase load) {
        return load.streaming() ? sse.getFirst() : json.getFirst();
    }
}
