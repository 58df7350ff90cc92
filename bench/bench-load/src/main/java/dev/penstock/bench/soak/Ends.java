package dev.penstock.bench.soak;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How requests ended so far, and what is wrong. Any thread. */
final class Ends {
    private static final int MOST_FAULTS_TOLD = 20;

    private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong unexplained = new AtomicLong();
    private final AtomicLong begun = new AtomicLong();
    private final List<String> problems = new CopyOnWriteArrayList<>();

    void begins() {
        begun.incrementAndGet();
    }

    /** A request has ended; {@code evidence} is told if nothing explains how. */
    void ended(Verdict verdict, String evidence) {
        ended.incrementAndGet();
        String label = verdict.end().label();
        boolean explained = verdict.end() != End.UNEXPLAINED;
        counts.computeIfAbsent(explained && !verdict.why().isEmpty() ? label + ", because of the " + verdict.why()
                : label, name -> new LongAdder()).increment();
        if (!explained && unexplained.incrementAndGet() <= MOST_FAULTS_TOLD) {
            problems.add(verdict.why() + "\n" + evidence);
        }
    }

    /** Something else is wrong. */
    void problem(String text) {
        if (problems.size() < 2 * MOST_FAULTS_TOLD) {
            problems.add(text);
        }
    }

    /** Requests whose end has not come yet. */
    long open() {
        // What has ended is read first: it has begun before.
        long over = ended.get();
        return begun.get() - over;
    }

    /** Requests that have begun so far, those that have ended included. */
    long begun() {
        return begun.get();
    }

    long total() {
        return ended.get();
    }

    List<String> problems() {
        return problems;
    }

    /** How many requests ended how, by name. */
    Map<String, Long> counts() {
        Map<String, Long> result = new ConcurrentSkipListMap<>();
        counts.forEach((name, count) -> result.put(name, count.sum()));
        return result;
    }
}
