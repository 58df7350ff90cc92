package dev.penstock.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.bench.soak.Call.Behavior;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class Http2ExchangeTest {
    private Http2Exchange exchange = new Http2Exchange(call(new Behavior.Patient()));
    private EmbeddedChannel channel = new EmbeddedChannel(exchange);

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldReadAnAnswerToItsEnd() {
        head("200", false);
        data("{\"a\":", false);
        data("1}", true);

        assertThat(answer().ending()).isEqualTo(Answer.Ending.COMPLETE);
        assertThat(answer().status()).isEqualTo(200);
        assertThat(answer().text()).isEqualTo("{\"a\":1}");
    }

    @Test
    void shouldCallAnAnswerBrokenOnlyWhereTheResetSaysSo() {
        head("200", false);
        reset(Http2Error.INTERNAL_ERROR);

        assertThat(answer().ending()).isEqualTo(Answer.Ending.RESET);
    }

    @Test
    void shouldNotTakeAnyOtherResetForAnHonestEnd() {
        for (Http2Error error : Set.of(Http2Error.NO_ERROR, Http2Error.CANCEL, Http2Error.PROTOCOL_ERROR)) {
            restart(new Behavior.Patient());
            head("200", false);
            reset(error);

            assertThat(answer().ending()).as("%s", error).isEqualTo(Answer.Ending.MALFORMED);
        }
    }

    @Test
    void shouldSeeTheEndOfTheConnection() {
        head("200", false);
        channel.close();

        assertThat(answer().ending()).isEqualTo(Answer.Ending.CLOSED_EARLY);
    }

    @Test
    void shouldCompareTheBodyWithItsAnnouncedLength() {
        channel.writeInbound(new DefaultHttp2HeadersFrame(
                new DefaultHttp2Headers().status("200").add("content-length", "3"), false));
        data("12345", true);

        assertThat(answer().ending()).isEqualTo(Answer.Ending.MALFORMED);
        assertThat(answer().detail()).isEqualTo("5 bytes instead of 3");
    }

    @Test
    void shouldLeaveWhenItHasReadEnough() {
        restart(new Behavior.LeavesReading(4, false));
        head("200", false);
        data("123", false);
        assertThat(exchange.end()).isNotDone();
        data("45", false);

        assertThat(exchange.end().join()).isInstanceOf(Http2End.Left.class);
        DefaultHttp2ResetFrame sent = channel.readOutbound();
        assertThat(sent.errorCode()).isEqualTo(Http2Error.CANCEL.code());
    }

    @Test
    void shouldSendTheSameRequestWithoutWhatIsOfHttp1() {
        byte[] bytes = new CallBytes(CallBytes.Api.CHAT, "m").header("X-Sim-Fault", "reset")
                .toBytes(false, new SplittableRandom(1));
        Http2Call request = Http2Call.of(new Call(0, "x", bytes, 1, call(new Behavior.Patient()).wanted(),
                new Behavior.Patient(), 1), "https");

        Http2Headers headers = request.headers();
        assertThat(headers.method()).hasToString("POST");
        assertThat(headers.path()).hasToString("/v1/chat/completions");
        assertThat(headers.scheme()).hasToString("https");
        assertThat(headers.get("x-sim-fault")).hasToString("reset");
        assertThat(headers.contains("host")).isFalse();
        assertThat(request.whole()).isTrue();
        assertThat(headers.get("content-length")).hasToString(Integer.toString(request.body().length));
    }

    private void restart(Behavior behavior) {
        channel.finishAndReleaseAll();
        exchange = new Http2Exchange(call(behavior));
        channel = new EmbeddedChannel(exchange);
    }

    private void head(String status, boolean end) {
        channel.writeInbound(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status(status), end));
    }

    private void data(String text, boolean end) {
        channel.writeInbound(new DefaultHttp2DataFrame(
                ByteBufUtil.encodeString(channel.alloc(), CharBuffer.wrap(text), StandardCharsets.UTF_8), end));
    }

    private void reset(Http2Error error) {
        channel.pipeline().fireUserEventTriggered(new DefaultHttp2ResetFrame(error));
    }

    private Answer answer() {
        assertThat(exchange.end()).isDone();
        return ((Http2End.Answered) exchange.end().join()).answer();
    }

    private static Call call(Behavior behavior) {
        return new Call(0, "x", new byte[0], 1,
                new Call.Wanted(Set.of(), Call.Form.JSON, 0, false, false, false, false, null), behavior, 1);
    }
}
