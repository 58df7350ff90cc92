package dev.penstock.bench.proxy;

import dev.penstock.bench.proxy.load.LoadCase;
import dev.penstock.bench.proxy.load.LoadGenerator;
import dev.penstock.bench.proxy.load.LoadOrder;
import dev.penstock.bench.proxy.load.LoadResult;
import dev.penstock.bench.proxy.process.BenchException;
import dev.penstock.bench.proxy.process.Workspace;
import dev.penstock.bench.proxy.target.PenstockMetrics;
import dev.penstock.bench.proxy.target.Probe;
import dev.penstock.bench.proxy.target.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What Penstock allocates on its heap for one request: from its own metric, else from its log of collections. */
final class Allocation {
    private static final String LOG = "penstock-gc.log";
    private static final int CONNECTIONS = 64;
    private static final double FIRST_SECONDS = 3;
    private static final double MOST_SECONDS = 24;

    private final Workspace workspace;
    private final LoadGenerator load;
    private final Probe probe;

    Allocation(Workspace workspace, LoadGenerator load, Probe probe) {
        this.workspace = workspace;
        this.load = load;
        this.probe = probe;
    }

    /** The option of Penstock's JVM without which there is no log. */
    static String jvmOption(Workspace workspace) {
        return "-Xlog:gc:file=" + workspace.folder().resolve(LOG) + ":uptime:filecount=0";
    }

    /** Bytes for one request of {@code kind}; NaN if too little was collected to tell. */
    double bytesPerRequest(LoadCase kind, Target penstock) {
        double bytes = Double.NaN;
        for (double seconds = FIRST_SECONDS; Double.isNaN(bytes) && seconds <= MOST_SECONDS; seconds *= 2) {
            LoadOrder order = new LoadOrder(kind, penstock.entry(kind).port(), CONNECTIONS, seconds);
            double allocatedBefore = PenstockMetrics.read(probe, penstock.entry(kind)).allocatedBytes();
            int collectionsBefore = collections().size();
            LoadResult result = load.run(order);
            double allocated = PenstockMetrics.read(probe, penstock.entry(kind)).allocatedBytes() - allocatedBefore;
            if (Double.isFinite(allocated)) {
                bytes = allocated / result.requests();
            } else {
                List<GcLog.Collection> all = collections();
                bytes = GcLog.bytesPerSecond(all.subList(collectionsBefore, all.size())) / result.perSecond();
            }
        }
        return bytes;
    }

    private List<GcLog.Collection> collections() {
        Path log = workspace.folder().resolve(LOG);
        try {
            return Files.exists(log) ? GcLog.parse(Files.readString(log)) : List.of();
        } catch (IOException e) {
            throw new BenchException("cannot read " + log + ": " + e.getMessage(), e);
        }
    }
}
