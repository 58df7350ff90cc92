package dev.penstock.bench.soak;

import dev.penstock.bench.soak.Answer.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads one answer, and is strict about it: what a lenient client would let pass is malformed here. Of one answer and
 * one thread.
 */
final class AnswerReader {
    private static final int LONGEST_LINE = 64 * 1024;

    private final Tap in;
    private final Map<String, String> headers = new TreeMap<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private int status;

    /** Something that is no HTTP. */
    private static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /** The connection ended in good order, before the answer did. */
    private static final class EarlyEndException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    AnswerReader(Tap in) {
        this.in = in;
    }

    /**
     * Reads to the end of the answer, whichever it is.
     *
     * @throws Tap.SatisfiedException when the client has read as much as it wanted to
     */
    Answer read() throws Tap.SatisfiedException {
        try {
            do {
                head();
            } while (status / 100 == 1);
            payload();
            return answer(Ending.COMPLETE, "");
        } catch (Tap.SatisfiedException left) {
            throw left;
        } catch (MalformedException malformed) {
            return answer(Ending.MALFORMED, String.valueOf(malformed.getMessage()));
        } catch (EarlyEndException early) {
            return answer(Ending.CLOSED_EARLY, "");
        } catch (SocketTimeoutException silent) {
            return answer(Ending.SILENT, "");
        } catch (IOException reset) {
            return answer(Ending.RESET, String.valueOf(reset.getMessage()));
        }
    }

    private Answer answer(Ending ending, String detail) {
        return new Answer(status, headers, body.toByteArray(), ending, detail);
    }

    private void head() throws IOException {
        headers.clear();
        String line = line();
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9] ?.*")) {
            throw new MalformedException("status line: " + line);
        }
        status = Integer.parseInt(line.substring(9, 12));
        for (String field = line(); !field.isEmpty(); field = line()) {
            int colon = field.indexOf(':');
            if (colon < 1 || field.substring(0, colon).indexOf(' ') >= 0) {
                throw new MalformedException("header: " + field);
            }
            String name = field.substring(0, colon).toLowerCase(Locale.ROOT);
            if (headers.put(name, field.substring(colon + 1).trim()) != null && name.equals("content-length")) {
                throw new MalformedException("two headers " + name);
            }
        }
    }

    private void payload() throws IOException {
        String coding = headers.get("transfer-encoding");
        String length = headers.get("content-length");
        if (coding != null && length != null) {
            throw new MalformedException("both transfer-encoding and content-length");
        }
        if (coding != null) {
            if (!coding.equals("chunked")) {
                throw new MalformedException("transfer-encoding: " + coding);
            }
            chunks();
        } else if (length != null) {
            copy(number(length, 10));
        } else if (status != 204 && status != 304) {
            for (int next = in.read(); next >= 0; next = in.read()) {
                body.write(next);
            }
        }
    }

    private void chunks() throws IOException {
        while (true) {
            String size = line();
            int extension = size.indexOf(';');
            long length = number(extension < 0 ? size : size.substring(0, extension), 16);
            copy(length);
            if (length == 0) {
                while (!line().isEmpty()) {
                    // a trailer
                }
                return;
            }
            if (next() != '\r' || next() != '\n') {
                throw new MalformedException("no line end behind a chunk of " + length);
            }
        }
    }

    private void copy(long length) throws IOException {
        for (long i = 0; i < length; i++) {
            body.write(next());
        }
    }

    private static long number(String text, int radix) throws MalformedException {
        try {
            if (text.isEmpty() || Character.digit(text.charAt(0), radix) < 0) {
                throw new MalformedException("length: " + text);
            }
            return Long.parseLong(text, radix);
        } catch (NumberFormatException e) {
            throw new MalformedException("length: " + text);
        }
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(64);
        while (true) {
            int next = next();
            if (next == '\n') {
                throw new MalformedException("line feed without carriage return");
            }
            if (next == '\r') {
                if (next() != '\n') {
                    throw new MalformedException("carriage return without line feed");
                }
                return line.toString(StandardCharsets.ISO_8859_1);
            }
            line.write(next);
            if (line.size() > LONGEST_LINE) {
                throw new MalformedException("endless line");
            }
        }
    }

    private int next() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EarlyEndException();
        }
        return next;
    }
}
