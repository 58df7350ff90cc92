package dev.penstock.cache.scrape;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Addresses of endpoints. Literal ones at once; names are looked up by threads of their own, as that may take long.
 * Confined to {@code lb-scrape}, those threads apart.
 */
final class NameLookup implements AutoCloseable {

    private static final int THREADS = 2;
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final class Known {
        private List<InetAddress> addresses = List.of();
        private long nanos;
        private int turn;
        private boolean asked;
        private boolean told;
    }

    private record Found(String name, List<InetAddress> addresses) {}

    private final Map<String, Known> names = new HashMap<>();
    private final ConcurrentLinkedQueue<Found> found = new ConcurrentLinkedQueue<>();
    private final Runnable wake;
    private final ThreadPoolExecutor threads;

    /**
     * Knows nothing yet.
     *
     * @param wake called by any thread when a name has been found, or not
     */
    NameLookup(Runnable wake) {
        this.wake = wake;
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
            Thread thread = new Thread(task, "lb-scrape-names-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        threads.allowCoreThreadTimeOut(true);
    }

    /** An address that is written as numbers, or null. */
    static @Nullable InetAddress literal(String host) {
        try {
            return InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Whether a name has been looked up, with or without success; where not, it is from now on. */
    boolean known(String name, long nowNanos) {
        Known known = names.computeIfAbsent(name, any -> new Known());
        if (!known.asked && (!known.told || nowNanos - known.nanos > KEPT_NANOS)) {
            known.asked = true;
            known.nanos = nowNanos;
            threads.execute(() -> lookUp(name));
        }
        return known.told;
    }

    /** The next of the addresses of a name, or null where it has none. */
    @Nullable InetAddress next(String name) {
        Known known = names.get(name);
        return known == null || known.addresses.isEmpty() ? null
                : known.addresses.get(Math.floorMod(known.turn++, known.addresses.size()));
    }

    /** Takes what has been found meanwhile. */
    boolean take() {
        boolean any = false;
        for (Found each = found.poll(); each != null; each = found.poll()) {
            Known known = names.get(each.name);
            if (known != null) {
                known.asked = false;
                // Those that were good before are better than none.
                known.addresses = each.addresses.isEmpty() ? known.addresses : each.addresses;
                known.told = true;
                any = true;
            }
        }
        return any;
    }

    /** Forgets names that nobody has any more. */
    void keep(Set<String> used) {
        names.keySet().retainAll(used);
    }

    private void lookUp(String name) {
        List<InetAddress> addresses = List.of();
        try {
            addresses = List.of(InetAddress.getAllByName(name));
        } catch (UnknownHostException e) {
            // told by having none
        }
        found.add(new Found(name, addresses));
        wake.run();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
