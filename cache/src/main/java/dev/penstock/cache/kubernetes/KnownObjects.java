package dev.penstock.cache.kubernetes;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the cache has been told of one kind of objects, so that it is told only what is new. Values are those that the
 * cache holds too, not copies. Confined to {@code lb-kubernetes}.
 *
 * @param <T> what an object means to the cache
 */
final class KnownObjects<T> {

    private record Known<T>(String uid, T value) {}

    private record Subject(String kind, ObjectKey key) {}

    private final Kind<T> kind;
    private final Outbox outbox;
    private final KubernetesMetrics metrics;
    private final Map<ObjectKey, Known<T>> known = new HashMap<>();
    private final Map<ObjectKey, List<String>> problems = new HashMap<>();
    private boolean listed;
    private long changes;

    KnownObjects(Kind<T> kind, Outbox outbox, KubernetesMetrics metrics) {
        this.kind = kind;
        this.outbox = outbox;
        this.metrics = metrics;
    }

    /** All that there is. What differs from what was known before was missed by the watch. */
    void replace(List<Reading<T>> all) {
        Set<ObjectKey> there = new HashSet<>();
        int changed = 0;
        for (Reading<T> reading : all) {
            there.add(reading.key());
            changed += update(reading) ? 1 : 0;
        }
        int gone = 0;
        for (ObjectKey key : List.copyOf(known.keySet())) {
            if (!there.contains(key)) {
                remove(key);
                gone++;
            }
        }
        problems.keySet().retainAll(there);
        if (listed) {
            metrics.missedGone.add(gone);
            metrics.missedChanged.add(changed);
        }
        listed = true;
    }

    /**
     * An object as it is now.
     *
     * @return whether it means something else than before
     */
    boolean update(Reading<T> reading) {
        ObjectKey key = reading.key();
        if (reading.problems().isEmpty()) {
            problems.remove(key);
        } else {
            problems.put(key, reading.problems());
        }
        Known<T> before = known.get(key);
        T value = reading.value();
        if (value == null) {
            if (before != null) {
                remove(key);
            }
            return before != null;
        }
        if (before != null && before.uid.equals(reading.uid()) && before.value.equals(value)) {
            return false;
        }
        known.put(key, new Known<>(reading.uid(), value));
        outbox.put(new Subject(kind.label(), key), kind.upserted().apply(value));
        changes++;
        return true;
    }

    /** An object has left; another one of its name stays. */
    void gone(ObjectKey key, String uid) {
        Known<T> before = known.get(key);
        if (before == null) {
            problems.remove(key);
        } else if (before.uid.equals(uid)) {
            problems.remove(key);
            remove(key);
        }
    }

    private void remove(ObjectKey key) {
        Known<T> before = known.remove(key);
        if (before != null) {
            outbox.put(new Subject(kind.label(), key), kind.removed().apply(key, before.uid));
            changes++;
        }
    }

    /** How often the cache was told something. */
    long changes() {
        return changes;
    }

    /** What is refused, of which object. */
    Map<ObjectKey, List<String>> problems() {
        return problems;
    }
}
