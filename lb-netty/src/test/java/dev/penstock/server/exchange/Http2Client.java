package dev.penstock.server.exchange;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that speaks HTTP/2 with Netty's codec: requests side by side on one connection. Any thread. */
final class Http2Client implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 15;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Map<Http2FrameStream, Stream> streams = new ConcurrentHashMap<>();
    private final Incoming incoming = new Incoming();
    private final Channel channel;
    final BlockingQueue<Integer> goAways = new LinkedBlockingQueue<>();

    Http2Client(InetSocketAddress address) {
        this(address, Http2Settings.defaultSettings());
    }

    Http2Client(InetSocketAddress address, Http2Settings settings) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forClient().initialSettings(settings.pushEnabled(false)).build();
        channel = new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                made.pipeline().addLast(codec, incoming);
            }
        }).connect(address).syncUninterruptibly().channel();
    }

    /** Begins a request without its body. */
    Stream begin(String method, String path, boolean last, String... headers) {
        DefaultHttp2Headers fields = new DefaultHttp2Headers();
        fields.method(method).path(path).scheme("http").authority("test");
        for (String header : headers) {
            int colon = header.indexOf(": ");
            fields.add(header.substring(0, colon), header.substring(colon + 2));
        }
        Http2FrameStream stream = incoming.newStream();
        Stream begun = new Stream(stream);
        streams.put(stream, begun);
        channel.writeAndFlush(new DefaultHttp2HeadersFrame(fields, last).stream(stream)).addListener(sent -> {
            if (!sent.isSuccess()) {
                begun.events.add(new Event.Failed(sent.cause()));
            }
        });
        return begun;
    }

    Stream get(String path) {
        return begin("GET", path, true);
    }

    Stream post(String path, String body, String... headers) {
        Stream stream = begin("POST", path, false, headers);
        stream.send(body, true);
        return stream;
    }

    Stream chat(String... headers) {
        return post("/v1/chat/completions", Http.CHAT, headers);
    }

    Stream stream(String... headers) {
        return post("/v1/chat/completions", Http.STREAM, headers);
    }

    /** Stops reading from the socket, or goes on. */
    void reading(boolean on) {
        channel.config().setAutoRead(on);
    }

    void reset() {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.close().syncUninterruptibly();
    }

    void awaitClosed() {
        if (!channel.closeFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the connection still stands");
        }
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** What came on a stream. */
    sealed interface Event {
        /** The head, or one before it. */
        record Head(Http2Headers headers, boolean last) implements Event {}

        /** A part of the body. */
        record Data(String text, int size, boolean last) implements Event {}

        /** The end before the end. */
        record Reset(long code) implements Event {}

        /** The request could not be sent. */
        record Failed(Throwable cause) implements Event {}
    }

    /** One request and its answer. */
    final class Stream {
        private final Http2FrameStream stream;
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        private volatile boolean consuming = true;

        Stream(Http2FrameStream stream) {
            this.stream = stream;
        }

        Stream send(String text, boolean last) {
            ByteBuf bytes = ByteBufUtil.writeUtf8(channel.alloc(), text);
            channel.writeAndFlush(new DefaultHttp2DataFrame(bytes, last).stream(stream));
            return this;
        }

        void cancel() {
            channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL).stream(stream));
        }

        /** From now on the window stays closed once it is used up; to be called before anything is answered. */
        Stream keepingWindow() {
            consuming = false;
            return this;
        }

        void openWindow(int bytes) {
            channel.writeAndFlush(new DefaultHttp2WindowUpdateFrame(bytes).stream(stream));
        }

        Event event() {
            try {
                Event event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (event == null) {
                    throw new AssertionError("nothing came");
                }
                return event;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        Event.Head head() {
            Event event = event();
            if (event instanceof Event.Head head) {
                return head;
            }
            throw new AssertionError("no head: " + event);
        }

        String data() {
            Event event = event();
            if (event instanceof Event.Data data) {
                return data.text();
            }
            throw new AssertionError("no data: " + event);
        }

        /** Head and all of the body. */
        Answer answer() {
            Event.Head head = head();
            StringBuilder body = new StringBuilder();
            boolean last = head.last();
            while (!last) {
                Event event = event();
                if (event instanceof Event.Data data) {
                    body.append(data.text());
                    last = data.last();
                } else {
                    throw new AssertionError("after " + body + ": " + event);
                }
            }
            return new Answer(head.headers(), body.toString());
        }

        /** What comes up to the reset, and the code of that. */
        Answer broken() {
            Event.Head head = head();
            StringBuilder body = new StringBuilder();
            while (true) {
                Event event = event();
                if (event instanceof Event.Reset reset) {
                    return new Answer(head.headers(), body + "<reset " + reset.code() + ">");
                }
                body.append(((Event.Data) event).text());
            }
        }

        long resetCode() {
            Event event = event();
            if (event instanceof Event.Reset reset) {
                return reset.code();
            }
            throw new AssertionError("no reset: " + event);
        }

        boolean quiet() {
            return events.isEmpty();
        }
    }

    /** An answer. */
    record Answer(Http2Headers headers, String body) {
        int status() {
            return Integer.parseInt(String.valueOf(headers.status()));
        }

        @Nullable String header(String name) {
            CharSequence value = headers.get(name);
            return value == null ? null : value.toString();
        }
    }

    /** Sorts what comes by stream. */
    private final class Incoming extends Http2ChannelDuplexHandler {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                switch (message) {
                    case Http2HeadersFrame head -> of(head.stream()).events
                            .add(new Event.Head(head.headers(), head.isEndStream()));
                    case Http2DataFrame data -> data(ctx, data);
                    case Http2ResetFrame reset -> of(reset.stream()).events.add(new Event.Reset(reset.errorCode()));
                    case Http2GoAwayFrame end -> goAways.add(end.lastStreamId());
                    default -> { }
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void data(ChannelHandlerContext ctx, Http2DataFrame data) {
            Stream stream = of(data.stream());
            stream.events.add(new Event.Data(data.content().toString(StandardCharsets.UTF_8),
                    data.initialFlowControlledBytes(), data.isEndStream()));
            if (stream.consuming) {
                ctx.writeAndFlush(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes())
                        .stream(data.stream()));
            }
        }

        private Stream of(@Nullable Http2FrameStream stream) {
            Stream known = stream == null ? null : streams.get(stream);
            if (known == null) {
                throw new AssertionError("unknown stream");
            }
            return known;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
