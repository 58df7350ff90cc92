package dev.penstock.server.accesslog;

import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The thread {@code lb-log}: takes what waits, and writes it in batches. */
final class LogWriter implements Runnable {
    private static final Logger LOG = System.getLogger(LogWriter.class.getName());
    /** Nobody wakes it: a wake-up would cost each event loop more than the line does. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_LINES = 512;

    private final Queue<AccessRecord> waiting;
    private final Queue<AccessRecord> free;
    private final LogOutput output;
    private final Metrics.Count unwritten;
    private final NanoClock nanos;
    private final Clock wall;
    private final LineFormat format = new LineFormat();
    private final Batch batch = new Batch();
    private long lookedNanos;
    private boolean failing;
    private volatile boolean ending;

    LogWriter(Queue<AccessRecord> waiting, Queue<AccessRecord> free, LogOutput output, Metrics.Count unwritten,
            NanoClock nanos, Clock wall) {
        this.waiting = waiting;
        this.free = free;
        this.output = output;
        this.unwritten = unwritten;
        this.nanos = nanos;
        this.wall = wall;
    }

    /** It ends when everything that waits has been written. Any thread; to be unparked then. */
    void end() {
        ending = true;
    }

    @Override
    public void run() {
        lookedNanos = nanos.nanoTime();
        boolean last;
        do {
            last = ending;
            lookNowAndThen();
            while (writeBatch() == MOST_LINES) {
                lookNowAndThen();
            }
            if (!last && !ending) {
                LockSupport.parkNanos(this, NAP_NANOS);
            }
        } while (!last);
        try {
            output.close();
        } catch (IOException e) {
            failed(e);
        }
    }

    private void lookNowAndThen() {
        long now = nanos.nanoTime();
        if (now - lookedNanos < LOOK_NANOS) {
            return;
        }
        lookedNanos = now;
        try {
            output.look();
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Writes what waits, up to a bound; how many lines that were. */
    private int writeBatch() {
        long nowNanos = nanos.nanoTime();
        long nowMillis = wall.millis();
        int lines = 0;
        AccessRecord record;
        while (lines < MOST_LINES && (record = waiting.poll()) != null) {
            lines++;
            long ago = TimeUnit.NANOSECONDS.toMillis(nowNanos - record.endNanos);
            format(record, nowMillis - Math.max(0, ago));
            record.clear();
            free.add(record);
        }
        if (lines > 0) {
            write(lines);
        }
        return lines;
    }

    private void format(AccessRecord record, long endMillis) {
        int before = batch.size();
        try {
            format.write(record, endMillis, batch);
        } catch (IOException | RuntimeException e) {
            // One line that cannot be made must not cost the others.
            batch.cut(before);
            unwritten.increment();
            LOG.log(Level.DEBUG, "a line of the access log could not be made", e);
        }
    }

    private void write(int lines) {
        try {
            output.write(batch.bytes(), batch.size());
            if (failing) {
                failing = false;
                LOG.log(Level.INFO, "the access log can be written again");
            }
        } catch (IOException e) {
            unwritten.add(lines);
            failed(e);
        } finally {
            batch.reset();
        }
    }

    /** Told once, not for each line. */
    private void failed(IOException e) {
        if (!failing) {
            failing = true;
            LOG.log(Level.WARNING, "the access log cannot be written; lines are dropped and counted: " + e);
        }
    }

    /** Lines that are written together, in an array that can be seen. */
    private static final class Batch extends ByteArrayOutputStream {

        Batch() {
            super(64 * 1024);
        }

        byte[] bytes() {
            return buf;
        }

        void cut(int size) {
            count = size;
        }
    }
}
