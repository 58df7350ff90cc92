package dev.penstock.bench.soak;

import dev.penstock.bench.soak.Call.Behavior;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One client: sends requests one after the other, or some at once, and has each end judged. One virtual thread. */
final class Client implements Runnable {
    private final Door door;
    private final Duration patience;
    private final Tickets tickets;
    private final CallMix mix;
    private final Judge judge;
    private final Ends ends;
    private @Nullable ClientConnection connection;
    private boolean reused;

    Client(Door door, Duration patience, Tickets tickets, CallMix mix, Judge judge, Ends ends) {
        this.door = door;
        this.patience = patience;
        this.tickets = tickets;
        this.mix = mix;
        this.judge = judge;
        this.ends = ends;
    }

    @Override
    public void run() {
        try {
            for (long number = tickets.take(); number >= 0; number = tickets.take()) {
                serve(batch(mix.call(number)));
            }
        } catch (RuntimeException | Error e) {
            ends.problem("a client failed: " + e);
            throw e;
        } finally {
            disconnect();
        }
    }

    private List<Call> batch(Call first) {
        List<Call> batch = new ArrayList<>(first.batch());
        batch.add(first);
        while (batch.size() < first.batch()) {
            long number = tickets.take();
            if (number < 0) {
                break;
            }
            batch.add(mix.follower(number));
        }
        return batch;
    }

    /** Sends all, then reads all answers. Those behind an answer that ended the connection are sent once more. */
    private void serve(List<Call> batch) {
        batch.forEach(call -> ends.begins());
        List<Call> owed = batch;
        while (!owed.isEmpty()) {
            owed = owed.subList(exchange(owed), owed.size());
        }
    }

    /** Answers how many requests have ended, which is at least one. */
    private int exchange(List<Call> batch) {
        ClientConnection open;
        boolean slow = batch.getFirst().behavior() instanceof Behavior.Slow;
        try {
            open = connect(slow);
        } catch (IOException e) {
            ended(batch.getFirst(), Verdict.unexplained("cannot connect: " + e), "");
            return 1;
        }
        long begun = System.nanoTime();
        if (batch.getFirst().behavior() instanceof Behavior.LeavesSending(int afterBytes, boolean reset)) {
            open.sendPart(batch.getFirst(), afterBytes);
            leave(batch.getFirst(), open, reset);
            return 1;
        }
        batch.forEach(open::send);
        if (batch.getFirst().behavior() instanceof Behavior.HalfCloses) {
            open.halfClose();
        }
        int done = 0;
        for (Call call : batch) {
            done++;
            if (!read(call, open, begun)) {
                break;
            }
        }
        return done;
    }

    /** Answers whether the connection can be used further. */
    private boolean read(Call call, ClientConnection open, long begun) {
        Answer answer;
        try {
            answer = open.read(call);
        } catch (Tap.SatisfiedException satisfied) {
            leave(call, open, call.behavior() instanceof Behavior.LeavesReading(int bytes, boolean reset) && reset);
            return false;
        }
        boolean halfClosed = call.behavior() instanceof Behavior.HalfCloses;
        if (halfClosed && answer.ending() != Answer.Ending.COMPLETE && answer.ending() != Answer.Ending.SILENT) {
            // Who says that it sends nothing more may be taken for gone.
            leave(call, open, false);
            return false;
        }
        Verdict verdict = judge.judge(call, answer, begun, System.nanoTime());
        if (halfClosed && call.wanted().http10() && verdict.end() == End.UNEXPLAINED) {
            // The same over HTTP/1.0, where the end of the connection is all that tells the end of an answer.
            leave(call, open, false);
            return false;
        }
        boolean keeps = answer.keepsConnection();
        ended(call, verdict, verdict.end() == End.UNEXPLAINED ? evidence(call, answer, open, begun) : "");
        if (!keeps || call.wanted().closes() || halfClosed
                || call.behavior() instanceof Behavior.Slow) {
            disconnect();
            return false;
        }
        reused = true;
        return true;
    }

    private String evidence(Call call, Answer answer, ClientConnection open, long begun) {
        return "  HTTP/1.1, " + door.name() + ", after " + (System.nanoTime() - begun) / 1_000_000 + " ms, "
                + (reused ? "on a connection used before" : "on a new connection") + ", ended " + answer.ending() + " "
                + answer.detail() + ", x-request-id " + answer.header("x-request-id") + ", payload "
                + answer.body().length + " bytes\n  sent: " + Excerpt.of(call.bytes())
                + "\n  seen: " + Excerpt.of(open.seen()) + "\n  last: " + Excerpt.tail(answer.text());
    }

    private void leave(Call call, ClientConnection open, boolean reset) {
        if (reset) {
            open.reset();
        }
        disconnect();
        ended(call, Verdict.of(End.LEFT), "");
    }

    private void ended(Call call, Verdict verdict, String evidence) {
        ends.ended(verdict, "  request " + call.number() + ": " + call.name() + "\n" + evidence);
    }

    private ClientConnection connect(boolean slow) throws IOException {
        ClientConnection open = connection;
        if (slow && open != null) {
            disconnect();
            open = null;
        }
        if (open == null) {
            open = new ClientConnection(door, patience, slow);
            connection = open;
            reused = false;
        }
        return open;
    }

    private void disconnect() {
        ClientConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }
}
