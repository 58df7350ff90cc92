package dev.penstock.cache.replica;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What the other replicas have said, and which of them are there. A replica is there while its reports change, by the
 * clock of this process: no clock of another machine, nor a time to live in Redis, has a say. What one that died had
 * left in Redis is never believed, for it does not change. Confined to {@code lb-replica}.
 */
final class ReplicaViews {

    private static final int EXPIRIES_UNTIL_SWEPT = 60;

    private static final class View {
        private LoadReport report;
        private long changedNanos;
        private boolean there;

        View(LoadReport report, long nowNanos) {
            this.report = report;
            changedNanos = nowNanos;
        }
    }

    private final String self;
    private final long expireNanos;
    private final BiConsumer<String, String> unreadable;
    private final Map<String, View> views = new HashMap<>();

    /**
     * No other replica known.
     *
     * @param self name of this process
     * @param expireNanos after how long without a change a replica is not there any more
     * @param unreadable is told the name of a replica whose report makes no sense, and why
     */
    ReplicaViews(String self, long expireNanos, BiConsumer<String, String> unreadable) {
        this.self = self;
        this.expireNanos = expireNanos;
        this.unreadable = unreadable;
    }

    /**
     * Takes what is in Redis. A replica that is not in it is not forgotten at once: Redis may have lost what it had.
     *
     * @param reports by name of the replica
     */
    void take(Map<String, String> reports, long nowNanos) {
        reports.forEach((name, text) -> {
            if (!name.equals(self)) {
                try {
                    take(name, LoadReport.parse(text), nowNanos);
                } catch (IllegalArgumentException e) {
                    unreadable.accept(name, String.valueOf(e.getMessage()));
                }
            }
        });
    }

    private void take(String name, LoadReport report, long nowNanos) {
        View view = views.get(name);
        if (view == null) {
            views.put(name, new View(report, nowNanos));
        } else if (view.report.sequence() != report.sequence()) {
            view.report = report;
            view.changedNanos = nowNanos;
            view.there = true;
        }
    }

    /** Forgets what has not changed for too long; whether that changes what {@link #reports} says. */
    boolean expire(long nowNanos) {
        boolean expired = false;
        for (View view : views.values()) {
            if (view.there && nowNanos - view.changedNanos > expireNanos) {
                view.there = false;
                expired = true;
            }
        }
        return expired;
    }

    /** What the replicas have in flight that are there. */
    List<LoadReport> reports() {
        return views.values().stream().filter(view -> view.there).map(view -> view.report).toList();
    }

    /** Names of the replicas that are there. */
    List<String> names() {
        return views.entrySet().stream().filter(entry -> entry.getValue().there).map(Map.Entry::getKey).sorted()
                .toList();
    }

    /** Names of those that have not been there for so long that what they left may be removed; forgets them. */
    List<String> swept(long nowNanos) {
        List<String> swept = new ArrayList<>();
        views.entrySet().removeIf(entry -> {
            boolean old = nowNanos - entry.getValue().changedNanos > EXPIRIES_UNTIL_SWEPT * expireNanos;
            if (old) {
                swept.add(entry.getKey());
            }
            return old;
        });
        return swept;
    }
}
