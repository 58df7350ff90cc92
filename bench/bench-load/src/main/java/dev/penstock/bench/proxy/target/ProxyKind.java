package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.process.BenchException;
import java.util.Arrays;

/** What stands between the load and the engines. */
public enum ProxyKind {
    /** Nothing: the load goes to the first engine. */
    DIRECT("direct"),
    /** nginx, round robin. */
    NGINX("nginx"),
    /** HAProxy, round robin. */
    HAPROXY("haproxy"),
    /** Penstock. */
    PENSTOCK("penstock");

    private final String id;

    ProxyKind(String id) {
        this.id = id;
    }

    /** The one that users call {@code id}. */
    public static ProxyKind of(String id) {
        return Arrays.stream(values())
                .filter(one -> one.id.equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new BenchException("no proxy '" + id + "'; there are direct, nginx, haproxy, penstock"));
    }

    /** What users call it. */
    public String id() {
        return id;
    }
}
