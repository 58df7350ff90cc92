package dev.penstock.server.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.exchange.ProxyContext;
import dev.penstock.server.frontend.Requests;
import dev.penstock.server.upstream.HeaderSink;
import io.netty.util.AsciiString;
import java.util.Locale;

/**
 * Whatever head a client sends over HTTP/2: no exception, and what is taken reads over HTTP/1.1 as it was meant.
 *
 * <p>An input is names and values in turn, a bar behind each; what stands behind the last bar counts for nothing. It
 * ends the request if its first byte is an {@code E}, which is no part of the first name.
 */
class RequestFieldsFuzzTest {
    private static final ProxyContext.Limits LIMITS = ProxyContext.Limits.standard(1);
    private static final byte BAR = '|';
    /** Beyond it the HTTP/1.1 parser counts bytes, and over HTTP/2 the decoder did before. */
    private static final int LARGEST = 8 * 1024;

    @FuzzTest
    void shouldTakeOnlyHeadsThatReadTheSameOverHttp1(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > LARGEST) {
            return;
        }
        boolean last = bytes[0] == 'E';
        FieldList fields = fields(bytes, last ? 1 : 0);
        RequestFields head = new RequestFields(fields);
        boolean taken = head.check(last, LIMITS) == null;
        if (taken) {
            assertReadsTheSame(head);
            // What may stand before a body and names the target may not stand behind one.
            assertThat(RequestFields.validTrailers(fields)).isFalse();
        } else {
            RequestFields.validTrailers(fields);
        }
    }

    private static FieldList fields(byte[] bytes, int from) {
        FieldList fields = new FieldList();
        AsciiString name = null;
        int begin = from;
        for (int at = from; at < bytes.length; at++) {
            if (bytes[at] == BAR) {
                AsciiString part = new AsciiString(bytes, begin, at - begin, true);
                begin = at + 1;
                if (name == null) {
                    name = part;
                } else {
                    fields.add(name, part);
                    name = null;
                }
            }
        }
        return fields;
    }

    private static void assertReadsTheSame(RequestFields head) {
        Written written = new Written();
        head.headers(written);
        String host = head.header(HeaderNames.HOST);
        assertThat(host).isNotNull();
        if (!written.host) {
            written.header("host", host);
        }
        String line = head.method() + " " + head.target();
        String story = Requests.read(line + " HTTP/1.1\r\n" + written.lines + "\r\n");
        assertThat(story).isEqualTo(line + " 1.1" + written.story + " {" + (head.bodyLength() > 0 ? "<cut>" : "}\n"));
    }

    /** The headers as lines, and as the reader of HTTP/1.1 tells of them. */
    private static final class Written implements HeaderSink {
        private final StringBuilder lines = new StringBuilder();
        private final StringBuilder story = new StringBuilder();
        private boolean host;

        @Override
        public void header(CharSequence name, CharSequence value) {
            host |= HeaderNames.HOST.contentEquals(name);
            lines.append(name).append(": ").append(value).append("\r\n");
            story.append(' ').append(name.toString().toLowerCase(Locale.ROOT)).append('=').append(value);
        }
    }
}
