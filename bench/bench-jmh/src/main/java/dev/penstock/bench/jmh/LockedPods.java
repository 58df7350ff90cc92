package dev.penstock.bench.jmh;

import dev.penstock.spi.Candidates;
import dev.penstock.spi.PodView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Pods by model as live maps behind one read-write lock, as caches of gateways commonly keep them. What leaves the lock
 * must not be a live map, so the pods are copied. Any thread.
 */
final class LockedPods {
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final Map<String, Map<String, PodView>> podsByModel = new HashMap<>();

    LockedPods(String model, Candidates pods) {
        Map<String, PodView> byName = new LinkedHashMap<>();
        for (int i = 0; i < pods.size(); i++) {
            byName.put(pods.get(i).name(), pods.get(i));
        }
        podsByModel.put(model, byName);
    }

    /** How many pods serve a model: the least that a reader can ask. */
    int count(String model) {
        lock.readLock().lock();
        try {
            Map<String, PodView> pods = podsByModel.get(model);
            return pods == null ? 0 : pods.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** The ready pods of a model, for a reader to keep. */
    List<PodView> ready(String model) {
        lock.readLock().lock();
        try {
            Map<String, PodView> pods = podsByModel.getOrDefault(model, Map.of());
            List<PodView> ready = new ArrayList<>(pods.size());
            for (PodView pod : pods.values()) {
                if (pod.ready()) {
                    ready.add(pod);
                }
            }
            return ready;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** A pod has changed. */
    void update(String model, PodView pod) {
        lock.writeLock().lock();
        try {
            podsByModel.computeIfAbsent(model, name -> new LinkedHashMap<>()).put(pod.name(), pod);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
