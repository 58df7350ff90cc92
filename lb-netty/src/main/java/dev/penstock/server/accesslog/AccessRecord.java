package dev.penstock.server.accesslog;

import dev.penstock.spi.Api;
import dev.penstock.spi.PodView;
import dev.penstock.spi.Usage;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is written of one request. Made once and used again and again: filled on the event loop that took it from the
 * {@link AccessLog}, then read and cleared on {@code lb-log}. Times are in nanoseconds.
 */
public final class AccessRecord {
    private static final int MOST_RETRIES = 8;

    long endNanos;
    @Nullable String id;
    @Nullable String traceId;
    @Nullable InetAddress client;
    @Nullable String protocol;
    @Nullable String key;
    @Nullable String user;
    @Nullable String method;
    @Nullable String target;
    @Nullable String model;
    @Nullable Api api;
    @Nullable String strategy;
    boolean stream;
    @Nullable PodView endpoint;
    @Nullable PodView prefill;
    long prefillNanos;
    final String[] retries = new String[MOST_RETRIES];
    int retryCount;
    int status;
    String end = "";
    long queueNanos;
    long routingNanos;
    long connectNanos;
    long firstByteNanos;
    long totalNanos;
    long overheadNanos;
    long requestBytes;
    long responseBytes;
    Usage usage = Usage.UNKNOWN;

    AccessRecord() {
        clear();
    }

    void clear() {
        endNanos = 0;
        id = null;
        traceId = null;
        client = null;
        protocol = null;
        key = null;
        user = null;
        method = null;
        target = null;
        model = null;
        api = null;
        strategy = null;
        stream = false;
        endpoint = null;
        prefill = null;
        prefillNanos = -1;
        retryCount = 0;
        status = 0;
        end = "";
        queueNanos = 0;
        routingNanos = 0;
        connectNanos = 0;
        firstByteNanos = -1;
        totalNanos = 0;
        overheadNanos = 0;
        requestBytes = 0;
        responseBytes = 0;
        usage = Usage.UNKNOWN;
    }

    /** Who asked: the client's address, and what the connection speaks, for example {@code HTTP/1.1}. */
    public AccessRecord client(@Nullable InetAddress address, String spoken) {
        client = address;
        protocol = spoken;
        return this;
    }

    /** Public part of the key that it came in with, and for whom that was made. */
    public AccessRecord key(@Nullable String keyId, @Nullable String owner) {
        key = keyId;
        user = owner;
        return this;
    }

    /** The head of the request. The query of the target is not written: it may hold a key. */
    public AccessRecord request(String requestId, String requestMethod, String requestTarget,
            @Nullable String trace) {
        id = requestId;
        method = requestMethod;
        target = requestTarget;
        traceId = trace;
        return this;
    }

    /** What was asked for, where that was found out. */
    public AccessRecord call(@Nullable Api called, @Nullable String named, @Nullable String how, boolean streamed) {
        api = called;
        model = named;
        strategy = how;
        stream = streamed;
        return this;
    }

    /** The endpoint that was tried last, if any. */
    public AccessRecord endpoint(@Nullable PodView tried) {
        endpoint = tried;
        return this;
    }

    /**
     * The endpoint that computed the prompt, where that was another one.
     *
     * @param nanos for how long; -1 where that is not known
     */
    public AccessRecord prefill(@Nullable PodView asked, long nanos) {
        prefill = asked;
        prefillNanos = nanos;
        return this;
    }

    /** It was sent once more, for this reason. Of more than {@value #MOST_RETRIES}, the first ones are kept. */
    public AccessRecord retry(String reason) {
        if (retryCount < MOST_RETRIES) {
            retries[retryCount++] = reason;
        }
        return this;
    }

    /**
     * Where the time went.
     *
     * @param queue waiting for admission and in the mailbox
     * @param routing for the router's answer
     * @param connect for a connection
     * @param overhead what the balancer itself has added
     */
    public AccessRecord spans(long queue, long routing, long connect, long overhead) {
        queueNanos = queue;
        routingNanos = routing;
        connectNanos = connect;
        overheadNanos = overhead;
        return this;
    }

    /**
     * When it ended.
     *
     * @param atNanos by the host's clock
     * @param firstByte from the head of the request to the first byte of the pod's answer; -1 where there was none
     * @param total from the head of the request to the end
     */
    public AccessRecord times(long atNanos, long firstByte, long total) {
        endNanos = atNanos;
        firstByteNanos = firstByte;
        totalNanos = total;
        return this;
    }

    /**
     * How it ended.
     *
     * @param answered HTTP status; 499 where the client has gone
     * @param reason {@code completed}, or the label of what went wrong
     * @param counted tokens
     */
    public AccessRecord end(int answered, String reason, Usage counted) {
        status = answered;
        end = reason;
        usage = counted;
        return this;
    }

    /** Bytes of the two bodies, as far as they came. */
    public AccessRecord bytes(long received, long sent) {
        requestBytes = received;
        responseBytes = sent;
        return this;
    }
}
