package dev.penstock.bench.sim;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parts of a {@code multipart/form-data} body by name.
 *
 * @param parts the raw content of each
 */
record MultipartForm(Map<String, byte[]> parts) {

    /**
     * Reads the form.
     *
     * @throws ApiException with 400 if the request has none
     */
    static MultipartForm parse(SimRequest request) {
        String type = request.header("content-type");
        int at = type == null ? -1 : type.indexOf("boundary=");
        if (type == null || at < 0 || !type.startsWith("multipart/form-data")) {
            throw ApiException.badRequest("multipart/form-data expected");
        }
        int end = type.indexOf(';', at);
        String boundary = type.substring(at + 9, end < 0 ? type.length() : end).trim().replace("\"", "");
        // Latin-1 maps bytes to chars one to one, so that string searches find byte positions.
        String body = new String(request.body(), StandardCharsets.ISO_8859_1);
        String delimiter = "--" + boundary;
        Map<String, byte[]> parts = new LinkedHashMap<>();
        int start = body.indexOf(delimiter);
        while (start >= 0 && !body.startsWith("--", start + delimiter.length())) {
            int headEnd = body.indexOf("\r\n\r\n", start);
            int partEnd = headEnd < 0 ? -1 : body.indexOf("\r\n" + delimiter, headEnd + 2);
            if (partEnd < 0) {
                throw ApiException.badRequest("There was an error parsing the body");
            }
            String head = body.substring(start, headEnd);
            String content = body.substring(Math.min(headEnd + 4, partEnd), partEnd);
            parts.put(name(head), content.getBytes(StandardCharsets.ISO_8859_1));
            start = partEnd + 2;
        }
        return new MultipartForm(parts);
    }

    private static String name(String head) {
        int at = head.indexOf(" name=\"");
        int end = at < 0 ? -1 : head.indexOf('"', at + 7);
        return end < 0 ? "" : head.substring(at + 7, end);
    }

    /** Returns the text of a part, empty if there is none. */
    String text(String name) {
        return new String(parts.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
    }

    /**
     * Returns the content of a part.
     *
     * @throws ApiException with 400 if there is none
     */
    byte[] bytes(String name) {
        byte[] content = parts.get(name);
        if (content == null) {
            throw ApiException.missing(name);
        }
        return content;
    }
}
