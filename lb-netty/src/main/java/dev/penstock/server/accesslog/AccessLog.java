package dev.penstock.server.accesslog;

import dev.penstock.core.config.InvalidSettingsException;
import dev.penstock.core.port.Metrics;
import dev.penstock.core.port.NanoClock;
import dev.penstock.server.config.AccessLogSettings;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Takes the records of requests that have ended. Any thread; never waits, and fails nobody's request.
 *
 * <p>Every record that there is was made at the start, so that its number bounds what waits.
 */
public final class AccessLog implements AutoCloseable {
    private static final int PERCENT = 100;
    private static final long CLOSE_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final int samplePercent;
    private final Queue<AccessRecord> free;
    private final Queue<AccessRecord> waiting;
    private final Metrics.Count dropped;
    private final @Nullable LogWriter writer;
    private final @Nullable Thread thread;

    /** No log. */
    private AccessLog() {
        samplePercent = 0;
        free = PlatformDependent.newFixedMpmcQueue(2);
        waiting = PlatformDependent.newMpscQueue(2);
        dropped = Metrics.NONE.counter("", "");
        writer = null;
        thread = null;
    }

    private AccessLog(AccessLogSettings settings, LogOutput output, Metrics metrics, NanoClock nanos, Clock wall) {
        samplePercent = settings.samplePercent();
        // Taken by event loops, given back by lb-log.
        free = PlatformDependent.newFixedMpmcQueue(settings.queue());
        waiting = PlatformDependent.newMpscQueue(Math.max(2, settings.queue()));
        for (int i = 0; i < settings.queue(); i++) {
            free.add(new AccessRecord());
        }
        dropped = dropped(metrics, "queue_full");
        LogWriter writes = new LogWriter(waiting, free, output, dropped(metrics, "not_written"), nanos, wall);
        writer = writes;
        thread = Thread.ofPlatform().name("lb-log").daemon().start(writes);
    }

    private static Metrics.Count dropped(Metrics metrics, String reason) {
        return metrics.counter("penstock_access_log_dropped", "Lines of the access log that were lost, by reason.",
                "reason", reason);
    }

    /** A log that takes nothing. */
    public static AccessLog off() {
        return new AccessLog();
    }

    /**
     * Begins a log, or none if the settings say so.
     *
     * @param nanos the clock of the requests
     * @param wall the time of day
     * @throws InvalidSettingsException where the file cannot be opened
     */
    public static AccessLog start(AccessLogSettings settings, Metrics metrics, NanoClock nanos, Clock wall) {
        return settings.enabled() ? start(settings, output(settings.target()), metrics, nanos, wall) : off();
    }

    /** Begins a log that writes there. */
    static AccessLog start(AccessLogSettings settings, LogOutput output, Metrics metrics, NanoClock nanos,
            Clock wall) {
        return new AccessLog(settings, output, metrics, nanos, wall);
    }

    private static LogOutput output(String target) {
        if (target.equals(AccessLogSettings.STDOUT)) {
            return new StandardOutput();
        }
        try {
            return new LogFile(Path.of(target));
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidSettingsException(List.of(AccessLogSettings.TARGET.name() + ": " + target
                    + ": cannot be written: " + e + " (expected: off, stdout, or a file in a folder that exists)"));
        }
    }

    /**
     * Whether a request is to have a line.
     *
     * @param remarkable whether it failed, so that it has one in any case
     * @param random decides about the others; used only where some are left out
     */
    public boolean wants(boolean remarkable, RandomGenerator random) {
        return writer != null
                && (remarkable || samplePercent == PERCENT || random.nextInt(PERCENT) < samplePercent);
    }

    /** An empty record, to be filled and {@linkplain #put put}; null, and counted, where too many wait already. */
    public @Nullable AccessRecord take() {
        AccessRecord record = free.poll();
        if (record == null) {
            dropped.increment();
        }
        return record;
    }

    /** Hands a record over. The caller forgets it. */
    public void put(AccessRecord record) {
        // There is room for each record that exists.
        waiting.add(record);
    }

    /** Ends the log when everything that waits has been written, or can not be written in time. */
    @Override
    public void close() {
        LogWriter writes = writer;
        Thread runs = thread;
        if (writes == null || runs == null) {
            return;
        }
        writes.end();
        LockSupport.unpark(runs);
        try {
            runs.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
