package dev.penstock.bench.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestFramerTest {
    private final RequestFramer framer = new RequestFramer();

    private List<SimRequest> feed(String text) {
        framer.feed(Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8)));
        List<SimRequest> requests = new ArrayList<>();
        for (SimRequest next = framer.next(); next != null; next = framer.next()) {
            requests.add(next);
        }
        return requests;
    }

    @Test
    void shouldFrameTheSameHoweverTheBytesAreCut() {
        String wire = "\r\nPOST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                + "POST /b/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nA: b\r\n\r\n"
                + "GET /c HTTP/1.0\r\n\r\n";
        for (int cut = 1; cut < wire.length(); cut++) {
            List<SimRequest> requests = new ArrayList<>(feed(wire.substring(0, cut)));
            requests.addAll(feed(wire.substring(cut)));

            assertThat(requests).extracting(SimRequest::path).containsExactly("/a", "/b", "/c");
            assertThat(requests).extracting(SimRequest::bodyText).containsExactly("hello", "hello", "");
            assertThat(requests.get(1).wire()).asString().isEqualTo(
                    wire.substring(wire.indexOf("POST /b"), wire.indexOf("GET")));
            assertThat(framer.isEmpty()).isTrue();
        }
    }

    @Test
    void shouldOweAContinueOnce() {
        assertThat(feed("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")).isEmpty();
        assertThat(framer.takeContinueOwed()).isTrue();
        assertThat(framer.takeContinueOwed()).isFalse();
        assertThat(feed("ok")).hasSize(1);
    }

    @Test
    void shouldRejectWhatIsNoHttp() {
        assertThatThrownBy(() -> feed("SSH-2.0-OpenSSH\r\n\r\n")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new RequestFramerTest().feed("POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\n"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
