package dev.penstock.server.exchange;

import dev.penstock.server.accesslog.AccessRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the time of one request goes: each moment belongs to one span. Plain numbers, confined to the event loop of its
 * exchange. Times are those of the host's clock, which whoever tells of them has read anyway.
 */
final class Timeline {
    /** What a request is doing. */
    enum Span {
        /** The client sends. */
        INTAKE,
        /** Its body is looked at. */
        PREPARING,
        /** Somebody else decides whether it may go on. */
        ADMISSION,
        /** It waits in the mailbox of its shard. */
        MAILBOX,
        /** It is its turn in the mailbox; a router decides. */
        ROUTING,
        /** It is written to the pod. */
        SENDING,
        /** A connection is being made. */
        CONNECTING,
        /** The pod works. */
        WAITING,
        /** The beginning of the answer is on its way to the client. */
        ANSWERING,
        /** More of the answer comes. */
        RELAYING
    }

    private final long arrivalNanos;
    private Span span = Span.INTAKE;
    private long sinceNanos;
    private long queueNanos;
    private long routingNanos;
    private long connectNanos;
    private long ownNanos;
    private long firstByteNanos = -1;
    private long waitedNanos;
    private long bodyBytes;
    private List<RetryReason> retries = List.of();

    /** The head of the request is there. */
    Timeline(long arrivalNanos) {
        this.arrivalNanos = arrivalNanos;
        this.sinceNanos = arrivalNanos;
    }

    long arrivalNanos() {
        return arrivalNanos;
    }

    /** Ends a span and begins another one, at a time that is not before the last one. */
    void enter(Span next, long now) {
        long spent = now - sinceNanos;
        switch (span) {
            case INTAKE, RELAYING -> { }
            case PREPARING, SENDING, ANSWERING -> ownNanos += spent;
            case ADMISSION -> queueNanos += spent;
            case MAILBOX -> {
                queueNanos += spent;
                ownNanos += spent;
            }
            case ROUTING -> {
                routingNanos += spent;
                ownNanos += spent;
            }
            case CONNECTING -> connectNanos += spent;
            case WAITING -> waitedNanos += spent;
        }
        span = next;
        sinceNanos = now;
    }

    /** A router has answered; its turn began at a time that the server of the shard has noted, perhaps before. */
    void routed(long servedNanos, long now) {
        if (span != Span.MAILBOX) {
            return;
        }
        enter(Span.ROUTING, servedNanos - sinceNanos > 0 && now - servedNanos > 0 ? servedNanos : sinceNanos);
    }

    /** The first byte of the pod's answer is there; of the last pod, where the answer of one was not taken. */
    void firstByte(long now) {
        enter(Span.ANSWERING, now);
        firstByteNanos = now - arrivalNanos;
    }

    Span span() {
        return span;
    }

    /** It is sent once more. */
    void retried(RetryReason reason) {
        if (retries.isEmpty()) {
            retries = new ArrayList<>();
        }
        retries.add(reason);
    }

    /** Bytes of the answer's body have been written. */
    void wrote(int bytes) {
        bodyBytes += bytes;
    }

    long bodyBytes() {
        return bodyBytes;
    }

    /** Whether a pod has begun to answer, so that there is something that has been added to. */
    boolean answered() {
        return firstByteNanos >= 0;
    }

    /** What the balancer itself has added, so far. */
    long ownNanos() {
        return ownNanos;
    }

    /** The same, up to a moment within the current span. */
    long ownNanos(long now) {
        return switch (span) {
            case PREPARING, SENDING, ANSWERING, MAILBOX, ROUTING -> ownNanos + (now - sinceNanos);
            case INTAKE, ADMISSION, CONNECTING, WAITING, RELAYING -> ownNanos;
        };
    }

    /** From the head of the request to the beginning of the current span: the whole, once it has ended. */
    long totalNanos() {
        return sinceNanos - arrivalNanos;
    }

    /** From the head of the request to the first byte of the answer; -1 where there was none. */
    long firstByteNanos() {
        return firstByteNanos;
    }

    long queueNanos() {
        return queueNanos;
    }

    long routingNanos() {
        return routingNanos;
    }

    long connectNanos() {
        return connectNanos;
    }

    /** For what the pods took until they answered. */
    long waitedNanos() {
        return waitedNanos;
    }

    /** Tells the log, when the request has ended. */
    void tell(AccessRecord record) {
        for (RetryReason reason : retries) {
            record.retry(reason.label());
        }
        record.spans(queueNanos, routingNanos, connectNanos, answered() ? ownNanos : -1);
        record.times(sinceNanos, firstByteNanos, totalNanos());
    }
}
