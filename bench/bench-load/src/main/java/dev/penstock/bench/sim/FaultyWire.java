package dev.penstock.bench.sim;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A wire that cuts, delays or swallows what is sent, as a fault says. Confined to the connection's event loop. */
final class FaultyWire implements Wire {
    private static final byte[] NOTHING = {};

    private final ChannelHandlerContext context;
    private final Fault fault;
    private final int wholeBodyPieces;
    private final Runnable broken;
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private boolean pumping;
    private boolean dead;
    private int sentBytes;
    private int bodyPieces;
    private @Nullable Runnable sent;

    /** What is sent after a pause. */
    private static final class Piece {
        private final byte[] bytes;
        private final long pauseNanos;

        private Piece(byte[] bytes, long pauseNanos) {
            this.bytes = bytes;
            this.pauseNanos = pauseNanos;
        }
    }

    /**
     * Makes a wire for one answer.
     *
     * @param wholeBodyPieces how many pieces of the body a fault in mid-body lets through
     * @param broken          run when the fault has ended the answer
     */
    FaultyWire(ChannelHandlerContext context, Fault fault, int wholeBodyPieces, Runnable broken) {
        this.context = context;
        this.fault = fault;
        this.wholeBodyPieces = wholeBodyPieces;
        this.broken = broken;
    }

    @Override
    public void head(byte[] bytes) {
        if (fault instanceof Fault.SlowHead slow) {
            int from = 0;
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '\n') {
                    pieces.add(new Piece(Arrays.copyOfRange(bytes, from, i + 1), slow.pause().toNanos()));
                    from = i + 1;
                }
            }
            pump();
            return;
        }
        send(bytes);
        if (fault instanceof Fault.HangAfterHead) {
            context.flush();
            dead = true;
        }
    }

    @Override
    public void body(byte[] bytes) {
        if (!dead && bodyPieces++ >= wholeBodyPieces && cutsBody()) {
            cut(NOTHING);
        }
        send(bytes);
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public void end(Runnable whenSent) {
        if (dead) {
            return;
        }
        if (cutsBody()) {
            cut(NOTHING);
            return;
        }
        sent = whenSent;
        endIfSent();
    }

    private boolean cutsBody() {
        return fault instanceof Fault.ResetMidBody || fault instanceof Fault.CloseMidBody;
    }

    private void send(byte[] bytes) {
        if (dead) {
            return;
        }
        if (fault instanceof Fault.ResetAfter(int limit) && sentBytes + bytes.length > limit) {
            cut(Arrays.copyOf(bytes, Math.max(0, limit - sentBytes)));
            return;
        }
        sentBytes += bytes.length;
        if (fault instanceof Fault.Trickle trickle) {
            for (byte each : bytes) {
                pieces.add(new Piece(new byte[] {each}, trickle.pause().toNanos()));
            }
            pump();
        } else if (pumping) {
            pieces.add(new Piece(bytes, 0));
        } else {
            context.write(Unpooled.wrappedBuffer(bytes), context.voidPromise());
        }
    }

    private void cut(byte[] last) {
        dead = true;
        broken.run();
        if (fault instanceof Fault.CloseMidBody) {
            Wire.closeAfter(context, last);
        } else {
            Wire.resetAfter(context, last);
        }
    }

    private void pump() {
        Piece next = pieces.peek();
        if (pumping || next == null) {
            return;
        }
        pumping = true;
        context.executor().schedule(this::sendPiece, next.pauseNanos, TimeUnit.NANOSECONDS);
    }

    private void sendPiece() {
        pumping = false;
        Piece piece = pieces.poll();
        if (piece == null || !context.channel().isActive()) {
            return;
        }
        context.writeAndFlush(Unpooled.wrappedBuffer(piece.bytes), context.voidPromise());
        pump();
        endIfSent();
    }

    private void endIfSent() {
        Runnable continuation = sent;
        if (continuation != null && pieces.isEmpty()) {
            sent = null;
            continuation.run();
            context.flush();
        }
    }
}
