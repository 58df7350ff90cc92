package dev.penstock.server.exchange;

import dev.penstock.core.engine.RoutingAttempt;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;

/**
 * Answers of routers that came while this event loop served a shard. They are acted upon when the shard has been left:
 * serving must be short, and acting may ask the shard again. Confined to the loop.
 */
final class Answers {
    private final EventLoop loop;
    private final ArrayDeque<RoutingLeg> legs = new ArrayDeque<>();
    private final ArrayDeque<RoutingAttempt> attempts = new ArrayDeque<>();
    private final Runnable task = this::run;
    private int depth;
    private boolean scheduled;

    Answers(EventLoop loop) {
        this.loop = loop;
    }

    /** A shard may be served within. */
    void enter() {
        depth++;
    }

    /** The shard has been left; acts upon the answers, unless an outer call does. */
    void leave() {
        if (depth > 1) {
            depth--;
            return;
        }
        try {
            drain();
        } finally {
            depth--;
        }
    }

    void add(RoutingLeg leg, RoutingAttempt attempt) {
        assert loop.inEventLoop();
        legs.addLast(leg);
        attempts.addLast(attempt);
        if (depth == 0 && !scheduled) {
            scheduled = true;
            loop.execute(task);
        }
    }

    private void run() {
        scheduled = false;
        enter();
        leave();
    }

    private void drain() {
        RoutingLeg leg;
        while ((leg = legs.pollFirst()) != null) {
            leg.answeredOnLoop(attempts.removeFirst());
        }
    }
}
