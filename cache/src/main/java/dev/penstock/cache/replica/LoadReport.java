package dev.penstock.cache.replica;

import dev.penstock.cache.figures.FigureColumns;
import dev.penstock.core.model.Fleet;
import dev.penstock.spi.PodView;
import java.util.Arrays;

/**
 * What one replica has in flight: {@code 1;SEQUENCE;ENDPOINT,REQUESTS[,LOAD];…}, numbers of endpoints in base 36. Only
 * endpoints where it has something are in it, so an idle replica says next to nothing. Not changed once it is made; any
 * thread.
 */
final class LoadReport {

    /** Of a replica that has nothing in flight. */
    static final LoadReport EMPTY = new LoadReport(0, 0);

    private static final String VERSION = "1;";
    private static final int RADIX = 36;
    private static final int LONGEST = 4_194_304;
    private static final long MOST_REQUESTS = 10_000_000;
    private static final long MOST_LOAD = 1_000_000_000_000_000L;

    private final long sequence;
    private long[] ids;
    private long[] requests;
    private long[] loads;
    private int size;

    private LoadReport(long sequence, int room) {
        this.sequence = sequence;
        ids = new long[room];
        requests = new long[room];
        loads = new long[room];
    }

    /**
     * The report of this process.
     *
     * @param sequence another one than that of the report before
     * @param endpoints the fleet
     * @param figures what is in flight
     */
    static String text(long sequence, EndpointIds endpoints, FigureColumns figures) {
        StringBuilder text = new StringBuilder(VERSION).append(Long.toString(sequence, RADIX)).append(';');
        Fleet fleet = endpoints.fleet();
        for (int slot = 0; slot < fleet.slots(); slot++) {
            PodView endpoint = fleet.endpoint(slot);
            int inFlight = endpoint == null ? 0 : figures.inFlightLocal(endpoint);
            if (endpoint == null || inFlight == 0) {
                continue;
            }
            text.append(Long.toUnsignedString(endpoints.id(slot), RADIX)).append(',').append(inFlight);
            long load = figures.loads().pendingLocal(endpoint);
            if (load > 0) {
                text.append(',').append(load);
            }
            text.append(';');
        }
        return text.toString();
    }

    /** The report of a process that leaves. */
    static String farewell(long sequence) {
        return VERSION + Long.toString(sequence, RADIX) + ';';
    }

    /**
     * Reads a report.
     *
     * @throws IllegalArgumentException where it is none; the message says what is wrong
     */
    static LoadReport parse(String text) {
        if (!text.startsWith(VERSION) || text.length() > LONGEST) {
            throw new IllegalArgumentException(text.length() > LONGEST ? text.length() + " characters"
                    : "not of a version that is known here");
        }
        int end = end(text, VERSION.length());
        LoadReport report = new LoadReport(number(text, VERSION.length(), end, RADIX), 16);
        for (int at = end + 1; at < text.length(); at = end + 1) {
            end = end(text, at);
            report.entry(text, at, end);
        }
        return report;
    }

    private static int end(String text, int from) {
        int end = text.indexOf(';', from);
        if (end < 0) {
            throw new IllegalArgumentException("cut off");
        }
        return end;
    }

    /** One to which endpoints are added before anybody else sees it. */
    static LoadReport empty() {
        return new LoadReport(0, 16);
    }

    /** Adds what is in flight at an endpoint. */
    void add(long id, long inFlight, long load) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, 2 * size);
            requests = Arrays.copyOf(requests, 2 * size);
            loads = Arrays.copyOf(loads, 2 * size);
        }
        ids[size] = id;
        requests[size] = inFlight;
        loads[size] = load;
        size++;
    }

    private void entry(String text, int from, int end) {
        int first = text.indexOf(',', from);
        if (first < 0 || first >= end) {
            throw new IllegalArgumentException("an endpoint without a number of requests");
        }
        int second = text.indexOf(',', first + 1);
        boolean loaded = second >= 0 && second < end;
        add(Long.parseUnsignedLong(text, from, first, RADIX),
                bounded(number(text, first + 1, loaded ? second : end, 10), MOST_REQUESTS),
                loaded ? bounded(number(text, second + 1, end, 10), MOST_LOAD) : 0);
    }

    private static long number(String text, int from, int end, int radix) {
        return Long.parseLong(text, from, end, radix);
    }

    private static long bounded(long number, long most) {
        if (number < 0 || number > most) {
            throw new IllegalArgumentException("a number out of range: " + number);
        }
        return number;
    }

    /** Tells reports of one replica apart. */
    long sequence() {
        return sequence;
    }

    /** Endpoints that it speaks of. */
    int size() {
        return size;
    }

    /** The number of an endpoint, by {@link EndpointIds}. */
    long id(int index) {
        return ids[index];
    }

    /** Requests in flight there. */
    long requests(int index) {
        return requests[index];
    }

    /** The load that they are, in {@link dev.penstock.core.port.Figures#LOAD_UNIT}; 0 where that is not known. */
    long load(int index) {
        return loads[index];
    }
}
