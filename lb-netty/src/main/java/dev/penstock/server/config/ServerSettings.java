package dev.penstock.server.config;

import dev.penstock.core.config.LiveSettings;
import dev.penstock.core.config.Setting;
import java.util.ArrayList;
import java.util.List;

/** The settings that hold from start to stop. */
public final class ServerSettings {

    /** How bytes get to and from the kernel. */
    public enum Transport {
        /** The best that this machine has. */
        AUTO,
        /** Linux epoll. */
        EPOLL,
        /** Linux io_uring. */
        IO_URING,
        /** The JDK's own. */
        NIO
    }

    /** Address of the traffic port. */
    public static final Setting<String> HOST = Setting.text("listen.host", "0.0.0.0", false,
            "Address that clients connect to.");
    /** Traffic port. */
    public static final Setting<Integer> PORT = Setting.integer("listen.port", 8080, 0, 65_535, false,
            "Port that clients connect to; 0 takes a free one.");
    /** Address of the admin port. */
    public static final Setting<String> ADMIN_HOST = Setting.text("admin.host", "127.0.0.1", false,
            "Address of the admin port; 0.0.0.0 where probes come from other machines.");
    /** Admin port. */
    public static final Setting<Integer> ADMIN_PORT = Setting.integer("admin.port", 9090, 0, 65_535, false,
            "Port of /healthz, /readyz, /metrics and /admin; 0 takes a free one.");
    /** Event loops. */
    public static final Setting<Integer> IO_THREADS = Setting.integer("io.threads", 0, 0, 256, false,
            "Event loops; 0 for one on each core, at most 4.");
    /** Transport. */
    public static final Setting<Transport> TRANSPORT = Setting.choice("io.transport", Transport.AUTO, false,
            "auto, epoll, io-uring or nio.");
    /** Shards. */
    public static final Setting<Integer> SHARDS = Setting.integer("routing.shards", 1, 1, 64, false,
            "Groups of models that are routed side by side.");
    /** Capacity of a mailbox. */
    public static final Setting<Integer> MAILBOX = Setting.integer("routing.mailbox-capacity", 4096, 2, 1 << 20,
            false, "Requests that may wait for the routers of a shard, rounded up to a power of two; then 503.");
    /** Stall. */
    public static final Setting<Long> STALL = Setting.duration("routing.stall", "1s", false,
            "Time after which a router that does not come back is given up.");
    /** Strategies served on event loops. */
    public static final Setting<String> ON_LOOP = Setting.text("routing.on-loop",
            "random,round-robin,least-request,power-of-two,session-affinity,prefix-match,predicted-ttft,"
                    + "least-busy-time,least-latency,least-kv-cache,least-gpu-cache,least-utilization,throughput,"
                    + "load-balance,least-load,bucket,bounded-hash,prefix-hash,sticky-session,pd,label-filter,"
                    + "max-in-flight-filter,kv-usage-filter,queue-length-filter,prefix-cached-filter,"
                    + "max-score-picker,random-picker,weighted-random-picker", false,
            "Strategies that event loops may run themselves, because they are known to be quick.");
    /** Plugins. */
    public static final Setting<String> PLUGINS = Setting.text("plugins.folder", "plugins", false,
            "Folders of router plugins, with commas between them, seen from the home of the distribution.");
    /** Body budget. */
    public static final Setting<Long> BODY_BUDGET = Setting.size("memory.body-budget", "256MiB", false,
            "Memory for the request bodies that are held at one time; then 503.");
    /** Warm-up. */
    public static final Setting<Integer> WARM_UP = Setting.integer("warm-up.requests", 2_000, 0, 1_000_000, false,
            "Requests that the process sends to itself before it is ready, for at most 3 s; 0 for none.");

    private ServerSettings() {}

    /** All settings of the server, static and live, in the order in which a person reads them. */
    public static List<Setting<?>> all() {
        List<Setting<?>> all = new ArrayList<>(List.of(HOST, PORT, ADMIN_HOST, ADMIN_PORT, IO_THREADS, TRANSPORT,
                SHARDS, MAILBOX, STALL, ON_LOOP, PLUGINS, BODY_BUDGET, WARM_UP));
        all.addAll(TlsSettings.ALL);
        all.addAll(EdgeSettings.ALL);
        all.addAll(Http2Settings.ALL);
        all.addAll(ShutdownSettings.ALL);
        all.addAll(AccessLogSettings.ALL);
        all.addAll(TimingSettings.ALL);
        all.addAll(MetadataSettings.ALL);
        all.addAll(LiveSettings.ALL);
        return all;
    }
}
