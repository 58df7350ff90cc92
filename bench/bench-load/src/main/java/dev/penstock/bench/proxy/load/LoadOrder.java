package dev.penstock.bench.proxy.load;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One run of load: as many requests as {@code connections} can make, each always having one under way, or as many as
 * {@code rate} says, by the clock.
 *
 * @param load what is sent
 * @param port where to, on the loopback interface
 * @param connections how many requests at once, each over a connection of its own unless HTTP/2 shares them
 * @param seconds how long new requests are made
 * @param rate requests a second, or zero for as many as come back
 */
public record LoadOrder(LoadCase load, int port, int connections, double seconds, double rate) {
    /** An order of as many requests as come back. */
    public LoadOrder(LoadCase load, int port, int connections, double seconds) {
        this(load, port, connections, seconds, 0);
    }

    /** One line that {@link #parse} reads. */
    String line() {
        return String.format(Locale.ROOT, "%s %d %d %.3f %.3f", load.id(), port, connections, seconds, rate);
    }

    /** The order that {@link #line} wrote. */
    static LoadOrder parse(String line) {
        String[] fields = line.strip().split(" ", -1);
        return new LoadOrder(
                LoadCase.of(fields[0]),
                Integer.parseInt(fields[1]),
                Integer.parseInt(fields[2]),
                Double.parseDouble(fields[3]),
                Double.parseDouble(fields[4]));
    }

    /** The bytes of one request over HTTP/1.1. */
    byte[] requestBytes() {
        String body = load.body();
        String head = "POST " + LoadCase.PATH + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }
}
