package dev.penstock.server.checks;

import dev.penstock.core.config.HealthChecks;
import dev.penstock.server.exchange.HeaderNames;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.server.upstream.UpstreamListener;
import dev.penstock.server.upstream.UpstreamRequest;
import dev.penstock.spi.PodView;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The checks of one endpoint, one after the other, each on a connection of its own. Confined to one event loop. */
final class EndpointCheck implements UpstreamListener, UpstreamRequest {
    private enum Phase { RESTING, WAITING, RUNNING }

    private final ActiveChecks checks;
    private final PodView endpoint;
    private Phase phase = Phase.RESTING;
    private String path = "";
    private @Nullable UpstreamConnection connection;
    private @Nullable ScheduledFuture<?> deadline;
    private int status;
    private boolean lastWell;
    private int inRow;

    EndpointCheck(ActiveChecks checks, PodView endpoint) {
        this.checks = checks;
        this.endpoint = endpoint;
    }

    PodView endpoint() {
        return endpoint;
    }

    /** How many checks in a row have ended as the last one. */
    int inRow() {
        return inRow;
    }

    /** Its turn has come; false where the last check still goes on. */
    boolean begin() {
        if (phase != Phase.RESTING) {
            return false;
        }
        phase = Phase.WAITING;
        return true;
    }

    void run(HealthChecks rules) {
        phase = Phase.RUNNING;
        path = rules.path();
        status = 0;
        long timeout = rules.timeoutNanos() > 0 ? rules.timeoutNanos() : rules.intervalNanos();
        deadline = checks.loop().schedule(this::timedOut, timeout, TimeUnit.NANOSECONDS);
        connection = checks.pool().connect(endpoint, this);
    }

    /** Ends without a result; whether it was running. */
    boolean stop() {
        boolean ran = phase == Phase.RUNNING;
        rest();
        return ran;
    }

    private void rest() {
        phase = Phase.RESTING;
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        UpstreamConnection used = connection;
        connection = null;
        if (used != null) {
            used.abort();
        }
    }

    private void timedOut() {
        if (phase == Phase.RUNNING) {
            end(false);
        }
    }

    private void end(boolean well) {
        rest();
        inRow = well == lastWell ? inRow + 1 : 1;
        lastWell = well;
        checks.ended(this, well);
    }

    // ---- the request

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String target() {
        return path;
    }

    @Override
    public boolean websocket() {
        return false;
    }

    @Override
    public void headers(HeaderSink sink) {
        sink.header("accept", "*/*");
        sink.header("connection", "close");
        UpstreamConnection used = connection;
        AsciiString authorization = used == null ? null : used.enginePool().authorization();
        if (authorization != null) {
            sink.header(HeaderNames.AUTHORIZATION, authorization);
        }
    }

    // ---- the answer

    @Override
    public void connected() {
        UpstreamConnection used = connection;
        if (used != null) {
            used.send(this, 0, Unpooled.EMPTY_BUFFER, true);
        }
    }

    @Override
    public void firstByte() {}

    @Override
    public @Nullable PayloadSink head(ResponseHead head) {
        status = head.status();
        return null;
    }

    @Override
    public void body(ByteBuf bytes, boolean last) {
        bytes.release();
        if (last) {
            connection = null;
            end(status / 100 == 2);
        }
    }

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void failed(UpstreamFailure failure) {
        connection = null;
        end(false);
    }
}
