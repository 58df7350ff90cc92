package dev.penstock.bench.sim;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A parsed request head. Lenient: it takes what a client may send and leaves judging to the proxies under test. */
record RequestHead(String method, String target, String version, List<SimRequest.Header> headers) {

    /**
     * Reads a head that ends with an empty line.
     *
     * @throws IllegalArgumentException if it is no HTTP/1 request
     */
    static RequestHead parse(byte[] bytes, int from, int to) {
        // Without the line ends that close the last header and the head.
        String[] lines = new String(bytes, from, to - from - 4, StandardCharsets.ISO_8859_1).split("\r\n", -1);
        String[] first = lines[0].split(" ", -1);
        if (first.length != 3 || !first[2].startsWith("HTTP/1.")) {
            throw new IllegalArgumentException("no request line");
        }
        List<SimRequest.Header> headers = new ArrayList<>(lines.length);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("no header line");
            }
            headers.add(new SimRequest.Header(lines[i].substring(0, colon), lines[i].substring(colon + 1).trim()));
        }
        return new RequestHead(first[0], first[1], first[2], List.copyOf(headers));
    }

    boolean chunked() {
        return has("transfer-encoding", "chunked");
    }

    boolean expectsContinue() {
        return has("expect", "100-continue");
    }

    int contentLength() {
        for (SimRequest.Header header : headers) {
            if (header.name().equalsIgnoreCase("content-length")) {
                int length = Integer.parseInt(header.value());
                if (length < 0) {
                    throw new IllegalArgumentException("negative content-length");
                }
                return length;
            }
        }
        return 0;
    }

    private boolean has(String name, String value) {
        for (SimRequest.Header header : headers) {
            if (header.name().equalsIgnoreCase(name) && header.value().equalsIgnoreCase(value)) {
                return true;
            }
        }
        return false;
    }
}
