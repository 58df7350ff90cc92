package dev.penstock.bench.proxy.load;

import dev.penstock.bench.proxy.process.BenchException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what h2load prints at its end, and its log of requests. */
final class H2LoadSummary {
    private static final Pattern RATE = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s");
    private static final Pattern REQUESTS = Pattern.compile("requests: (\\d+) total,");

    private H2LoadSummary() {
    }

    /**
     * The result in {@code output}.
     *
     * @param output all that h2load printed
     * @param log a line for each request: begin, status, microseconds to its end
     * @throws BenchException if the figures are missing
     */
    static LoadResult parse(String output, String log) {
        Matcher rate = RATE.matcher(output);
        Matcher total = REQUESTS.matcher(output);
        if (!rate.find() || !total.find()) {
            throw new BenchException("h2load printed no summary but: " + output.strip());
        }
        Latencies latencies = new Latencies();
        log.lines().forEach(line -> {
            String[] fields = line.split("\t", -1);
            if (fields.length >= 3 && fields[1].length() == 3 && fields[1].charAt(0) == '2') {
                latencies.add(Long.parseLong(fields[2].strip()) * 1_000);
            }
        });
        long wanted = Long.parseLong(total.group(1));
        return new LoadResult(latencies.size(), wanted - latencies.size(),
                latencies.size() == 0 ? 0 : Double.parseDouble(rate.group(1)) * latencies.size() / wanted,
                latencies.percentileMillis(50), latencies.percentileMillis(99));
    }
}
