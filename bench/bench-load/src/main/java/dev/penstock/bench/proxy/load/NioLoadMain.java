package dev.penstock.bench.proxy.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The process of {@link NioLoad} and {@link PacedLoad}: reads one order a line from standard input, writes one result a
 * line to standard output, ends with its input. It lives for the whole benchmark, so that its code is compiled when it
 * counts.
 */
public final class NioLoadMain {
    private NioLoadMain() {
    }

    /** Serves orders until standard input ends; {@code arguments} are ignored. */
    public static void main(String[] arguments) throws IOException {
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = orders.readLine(); line != null; line = orders.readLine()) {
            LoadOrder order = LoadOrder.parse(line);
            LoadResult result = order.rate() > 0 ? new PacedLoad(order).run() : new NioLoad(order).run();
            System.out.println(result.line());
            System.out.flush();
        }
    }
}
