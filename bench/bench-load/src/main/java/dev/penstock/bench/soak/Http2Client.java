package dev.penstock.bench.soak;

import dev.penstock.bench.soak.Call.Behavior;
import java.io.IOException;
import java.time.Duration;

/**
 * One client of several that share an HTTP/2 connection: sends a request after the other, and has each end judged. One
 * virtual thread.
 */
final class Http2Client implements Runnable {
    /** Of those who go away with a bang, one in so many takes the connection and all who share it along. */
    private static final int TAKES_ALL_ALONG = 16;

    private final Http2Share share;
    private final Tickets tickets;
    private final CallMix mix;
    private final Judge judge;
    private final Ends ends;

    Http2Client(Http2Share share, Tickets tickets, CallMix mix, Judge judge, Ends ends) {
        this.share = share;
        this.tickets = tickets;
        this.mix = mix;
        this.judge = judge;
        this.ends = ends;
    }

    @Override
    public void run() {
        try {
            for (long number = tickets.take(); number >= 0; number = tickets.take()) {
                Call call = mix.call(number);
                ends.begins();
                serve(call);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            ends.problem("a client failed: " + e);
            throw e;
        }
    }

    private void serve(Call call) throws InterruptedException {
        boolean slow = call.behavior() instanceof Behavior.Slow;
        Http2Connection connection;
        try {
            connection = slow ? share.alone() : share.connection();
        } catch (IOException e) {
            ended(call, Verdict.unexplained(String.valueOf(e.getMessage())), "");
            return;
        }
        long begun = System.nanoTime();
        Http2End end = connection.exchange(call);
        switch (end) {
            case Http2End.Left left -> {
                boolean loud = call.behavior() instanceof Behavior.LeavesReading(int bytes, boolean reset) && reset;
                if (loud && call.number() % TAKES_ALL_ALONG == 0) {
                    connection.giveUp();
                }
                ended(call, Verdict.of(End.LEFT), "");
            }
            case Http2End.Answered(Answer answer) -> {
                long now = System.nanoTime();
                Verdict verdict = judge.judge(call, answer, begun, now);
                ended(call, verdict, verdict.end() == End.UNEXPLAINED
                        ? evidence(call, answer, Duration.ofNanos(now - begun)) : "");
            }
        }
        if (slow) {
            connection.giveUp();
        }
    }

    private String evidence(Call call, Answer answer, Duration time) {
        return "  HTTP/2, " + share.door().name() + ", after " + time.toMillis() + " ms, ended " + answer.ending() + " "
                + answer.detail() + ", status " + answer.status() + " " + answer.headers() + ", payload "
                + answer.body().length + " bytes\n  sent: " + Excerpt.of(call.bytes())
                + "\n  last: " + Excerpt.tail(answer.text());
    }

    private void ended(Call call, Verdict verdict, String evidence) {
        ends.ended(verdict, "  request " + call.number() + ": " + call.name() + "\n" + evidence);
    }
}
