package dev.penstock.bench.proxy.load;

import java.util.Locale;

/**
 * One run of load: as many requests as {@code connections} can make, each connection always having one under way.
 *
 * @param load what is sent
 * @param port where to, on the loopback interface
 * @param connections how many at once
 * @param seconds how long new requests are made
 */
public record LoadOrder(LoadCase load, int port, int connections, double seconds) {
    /** One line that {@link #parse} reads. */
    String line() {
        return String.format(Locale.ROOT, "%s %d %d %.3f", load.id(), port, connections, seconds);
    }

    /** The order that {@link #line} wrote. */
    static LoadOrder parse(String line) {
        String[] fields = line.strip().split(" ", -1);
        return new LoadOrder(
                LoadCase.of(fields[0]),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Double.parseDouble(fields[3]));
    }
}
