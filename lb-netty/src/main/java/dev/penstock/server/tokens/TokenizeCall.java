package dev.penstock.server.tokens;

import dev.penstock.server.body.ScanScratch;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.server.upstream.UpstreamListener;
import dev.penstock.server.upstream.UpstreamPool;
import dev.penstock.server.upstream.UpstreamRequest;
import dev.penstock.spi.PodView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** One question to an engine for the tokens of a prompt. Confined to one event loop. */
public final class TokenizeCall implements UpstreamListener, UpstreamRequest, PayloadSink {

    private static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");

    private final RemoteTokenizer tokenizer;
    private final PodView endpoint;
    private final String model;
    private final byte[] question;
    private final TokenSink sink;
    private final TokenizeAnswer answer;
    private @Nullable UpstreamPool pool;
    private @Nullable UpstreamConnection connection;
    /** Whether the connection was there before: then it may have been closed by its pod this very moment. */
    private boolean reused;
    private boolean answered;
    private boolean ended;

    TokenizeCall(RemoteTokenizer tokenizer, PodView endpoint, String model, byte[] question, ScanScratch scratch,
            TokenSink sink) {
        this.tokenizer = tokenizer;
        this.endpoint = endpoint;
        this.model = model;
        this.question = question;
        this.sink = sink;
        this.answer = new TokenizeAnswer(scratch);
    }

    void begin(UpstreamPool connections) {
        pool = connections;
        UpstreamConnection acquired = tokenizer.ownHost() ? connections.connect(endpoint, this)
                : connections.acquire(endpoint, this);
        if (ended) {
            return;
        }
        connection = acquired;
        if (acquired.ready()) {
            reused = true;
            send(acquired);
        }
    }

    private void send(UpstreamConnection to) {
        to.send(this, question.length, Unpooled.wrappedBuffer(question), true);
    }

    /** Nobody waits for the answer any more; the sink is not told. */
    public void cancel() {
        finish();
    }

    /** The deadline has passed: as {@link #cancel}, and held against the engine. */
    public void late() {
        if (finish()) {
            tokenizer.failed(model);
        }
    }

    private boolean finish() {
        if (ended) {
            return false;
        }
        ended = true;
        tokenizer.closed();
        UpstreamConnection used = connection;
        connection = null;
        if (used != null) {
            used.abort();
        }
        return true;
    }

    private void fail(Fallback why) {
        if (finish()) {
            tokenizer.failed(model);
            sink.none(why);
        }
    }

    // ---- the request

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String target() {
        return tokenizer.path();
    }

    @Override
    public boolean websocket() {
        return false;
    }

    @Override
    public void headers(HeaderSink headers) {
        headers.header("content-type", "application/json");
        headers.header("accept", "application/json");
        if (tokenizer.ownHost()) {
            headers.header("connection", "close");
        }
        UpstreamConnection used = connection;
        AsciiString authorization = used == null ? null : used.enginePool().authorization();
        if (authorization != null) {
            headers.header(AUTHORIZATION, authorization);
        }
    }

    // ---- the answer

    @Override
    public void connected() {
        UpstreamConnection used = connection;
        if (used != null) {
            send(used);
        }
    }

    @Override
    public void firstByte() {
        answered = true;
    }

    @Override
    public @Nullable PayloadSink head(ResponseHead head) {
        if (head.status() / 100 != 2) {
            fail(Fallback.FAILED);
            return null;
        }
        return this;
    }

    @Override
    public void payload(ByteBuf buffer, int index, int length) {
        if (!ended && !answer.read(buffer, index, length)) {
            fail(answer.tooMany() ? Fallback.TOO_LARGE : Fallback.FAILED);
        }
    }

    @Override
    public void body(ByteBuf bytes, boolean last) {
        bytes.release();
        if (!last || ended) {
            return;
        }
        int[] tokens = answer.tokens();
        // The connection finds its own way back.
        connection = null;
        if (tokens == null) {
            fail(Fallback.FAILED);
        } else {
            finish();
            tokenizer.answered(model, question, tokens);
            sink.tokens(tokens);
        }
    }

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void failed(UpstreamFailure failure) {
        connection = null;
        UpstreamPool connections = pool;
        if (reused && !answered && !ended && connections != null) {
            reused = false;
            connection = connections.connect(endpoint, this);
            return;
        }
        fail(Fallback.FAILED);
    }
}
