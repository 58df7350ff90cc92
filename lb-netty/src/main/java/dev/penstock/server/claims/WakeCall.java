package dev.penstock.server.claims;

import dev.penstock.core.model.ClaimedPod;
import dev.penstock.core.model.Pod;
import dev.penstock.server.body.JsonQuotes;
import dev.penstock.server.relay.PayloadSink;
import dev.penstock.server.relay.ResponseHead;
import dev.penstock.server.upstream.HeaderSink;
import dev.penstock.server.upstream.UpstreamConnection;
import dev.penstock.server.upstream.UpstreamFailure;
import dev.penstock.server.upstream.UpstreamListener;
import dev.penstock.server.upstream.UpstreamPool;
import dev.penstock.server.upstream.UpstreamRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One question to a pod whether it wakes a model, on a connection of its own. Confined to one event loop. */
final class WakeCall implements UpstreamListener, UpstreamRequest {

    private static final Logger LOG = System.getLogger(WakeCall.class.getName());
    private static final String PATH = "/v1/runtime/models/wake";
    /** The pod's runtime has no slot: nothing is counted of it, and its connection never rests in a pool. */
    private static final int NO_SLOT = -1;

    private final EventLoop loop;
    private final ClaimedPod claimed;
    private final byte[] body;
    private final Consumer<Boolean> end;
    private @Nullable UpstreamConnection connection;
    private @Nullable ScheduledFuture<?> deadline;
    private boolean ended;

    /**
     * A call that has not begun.
     *
     * @param end told whether the pod has agreed, once
     */
    WakeCall(EventLoop loop, ClaimedPod claimed, UUID operation, Consumer<Boolean> end) {
        this.loop = loop;
        this.claimed = claimed;
        this.body = body(claimed.claim().model(), operation.toString());
        this.end = end;
    }

    private static byte[] body(String model, String operation) {
        StringBuilder out = new StringBuilder("{\"model_name\":");
        JsonQuotes.append(out, model).append(",\"operation_id\":");
        return JsonQuotes.append(out, operation).append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    void begin(UpstreamPool pool, ClaimSettings settings) {
        deadline = loop.schedule(() -> end("no answer in time"), settings.wakeTimeoutNanos(), TimeUnit.NANOSECONDS);
        Pod runtime = Pod.of(claimed.pod(), claimed.host(), settings.wakePort(), NO_SLOT, 0, "", "", true, Map.of(),
                Map.of());
        connection = pool.connect(runtime, this);
    }

    /** It has ended; with a reason where the pod has not agreed. */
    private void end(@Nullable String reason) {
        if (ended) {
            return;
        }
        ended = true;
        if (deadline != null) {
            deadline.cancel(false);
        }
        UpstreamConnection used = connection;
        connection = null;
        if (used != null) {
            used.abort();
        }
        if (reason != null) {
            LOG.log(Level.WARNING, "pod {0} does not wake model {1}: {2}", claimed.pod().key(),
                    claimed.claim().model(), reason);
        }
        end.accept(reason == null);
    }

    // ---- the request

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String target() {
        return PATH;
    }

    @Override
    public boolean websocket() {
        return false;
    }

    @Override
    public void headers(HeaderSink sink) {
        sink.header("content-type", "application/json");
        sink.header("connection", "close");
    }

    // ---- the answer

    @Override
    public void connected() {
        UpstreamConnection used = connection;
        if (used != null) {
            used.send(this, body.length, Unpooled.wrappedBuffer(body), true);
        }
    }

    @Override
    public void firstByte() {}

    @Override
    public @Nullable PayloadSink head(ResponseHead head) {
        // The rest is of no interest; and a connection that is broken off goes into no pool.
        int status = head.status();
        end(status / 100 == 2 ? null : "status " + status);
        return null;
    }

    @Override
    public void body(ByteBuf bytes, boolean last) {
        bytes.release();
    }

    @Override
    public void readComplete() {}

    @Override
    public void writabilityChanged() {}

    @Override
    public void failed(UpstreamFailure failure) {
        connection = null;
        end("connection " + failure);
    }
}
