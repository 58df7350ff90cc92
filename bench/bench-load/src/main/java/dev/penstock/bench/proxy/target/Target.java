package dev.penstock.bench.proxy.target;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.process.Child;
import org.jspecify.annotations.Nullable;

/**
 * Something running that takes the load.
 *
 * @param kind what it is
 * @param jsonPort where it takes requests whose answer comes at once
 * @param ssePort where it takes those whose answer is a stream; the same port where nothing is set apart for streams
 * @param process the process to be measured, or null for {@link ProxyKind#DIRECT}
 * @param adminPort where it tells of itself over HTTP, or zero
 */
public record Target(ProxyKind kind, int jsonPort, int ssePort, @Nullable Child process, int adminPort) {
    /** Where it takes requests of {@code load}. */
    public int port(LoadCase load) {
        return load.streaming() ? ssePort : jsonPort;
    }
}
