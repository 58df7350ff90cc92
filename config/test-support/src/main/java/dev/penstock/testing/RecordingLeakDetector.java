package dev.penstock.testing;

import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Netty's leak detector, which also remembers what it reported.
 *
 * <p>Netty makes one for each kind of resource, by the name in {@code io.netty.customResourceLeakDetector}; the record
 * is therefore one for the process. Any thread may report.
 *
 * @param <T> the kind of resource
 */
public final class RecordingLeakDetector<T> extends ResourceLeakDetector<T> {
    private static final Queue<String> REPORTED = new ConcurrentLinkedQueue<>();

    /** Called by Netty, by reflection. */
    public RecordingLeakDetector(Class<?> resourceType, int samplingInterval) {
        super(resourceType, samplingInterval);
    }

    /** Called by older code of Netty, by reflection; {@code maxActive} has no meaning any more. */
    public RecordingLeakDetector(Class<?> resourceType, int samplingInterval, long maxActive) {
        this(resourceType, samplingInterval);
    }

    /** What was reported since the last call; the record is empty afterwards. */
    static List<String> drain() {
        List<String> reports = new ArrayList<>();
        for (String report = REPORTED.poll(); report != null; report = REPORTED.poll()) {
            reports.add(report);
        }
        return reports;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
        REPORTED.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
        REPORTED.add(resourceType + " (not traced)");
    }
}
