package dev.penstock.bench.sim;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;

/** Where the bytes of one answer go. Confined to the connection's event loop. */
interface Wire {
    /** Sends the whole head. */
    void head(byte[] bytes);

    /** Sends one piece of the body, framed already. */
    void body(byte[] bytes);

    /** Pushes out what was sent. */
    void flush();

    /**
     * Ends the answer, then runs the continuation, which looks after the connection.
     *
     * @param sent run once every byte has been handed over; never if a fault forbids that
     */
    void end(Runnable sent);

    /** Resets the connection, once all that was sent has left. */
    static void resetAfter(ChannelHandlerContext context, byte[] last) {
        context.writeAndFlush(Unpooled.wrappedBuffer(last)).addListener(done -> reset(context));
    }

    /** Closes the connection in good order, once all that was sent has left. */
    static void closeAfter(ChannelHandlerContext context, byte[] last) {
        context.writeAndFlush(Unpooled.wrappedBuffer(last)).addListener(ChannelFutureListener.CLOSE);
    }

    /** Resets the connection now: a close with a linger time of zero sends RST instead of FIN. */
    static void reset(ChannelHandlerContext context) {
        if (context.channel().isOpen()) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
            context.close();
        }
    }

    /** Sends everything as it is. */
    record Plain(ChannelHandlerContext context) implements Wire {
        @Override
        public void head(byte[] bytes) {
            body(bytes);
        }

        @Override
        public void body(byte[] bytes) {
            context.write(Unpooled.wrappedBuffer(bytes), context.voidPromise());
        }

        @Override
        public void flush() {
            context.flush();
        }

        @Override
        public void end(Runnable sent) {
            // Counted before the client can see the last byte, and flushed together with what answers the next request.
            sent.run();
            context.flush();
        }
    }
}
