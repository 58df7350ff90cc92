package dev.penstock.bench.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Faults and how often each happens, for runs in which things go wrong at random but repeatably.
 *
 * @param entries what may happen; the shares add up to at most 1, the rest of the requests is answered properly
 */
public record FaultPlan(List<Entry> entries) {

    /**
     * One line of a plan.
     *
     * @param share the share of requests that it happens to, 0 to 1
     * @param fault what happens
     */
    public record Entry(double share, Fault fault) { }

    /** Copies the entries and checks that the shares make sense. */
    public FaultPlan {
        entries = List.copyOf(entries);
        double total = 0;
        for (Entry entry : entries) {
            if (!(entry.share() >= 0)) {
                throw new IllegalArgumentException("fault plan: share " + entry.share() + " (expected: 0 to 1)");
            }
            total += entry.share();
        }
        if (total > 1.000001) {
            throw new IllegalArgumentException("fault plan: shares add up to " + total + " (expected: at most 1)");
        }
    }

    /** Returns the plan in which nothing goes wrong. */
    public static FaultPlan none() {
        return new FaultPlan(List.of());
    }

    /** Returns the plan in which every request meets the fault. */
    public static FaultPlan always(Fault fault) {
        return new FaultPlan(List.of(new Entry(1, fault)));
    }

    /**
     * Reads a plan such as {@code 1% reset-mid-body, 0.5% status=503, 2% trickle}; an entry without a share happens
     * always.
     *
     * @throws IllegalArgumentException if it cannot be read; the message says what was expected
     */
    public static FaultPlan parse(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String entry = part.trim();
            int percent = entry.indexOf('%');
            if (percent < 0) {
                entries.add(new Entry(1, Fault.parse(entry)));
                continue;
            }
            try {
                double share = Double.parseDouble(entry.substring(0, percent).trim()) / 100;
                entries.add(new Entry(share, Fault.parse(entry.substring(percent + 1).trim())));
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException(
                        "fault plan: " + entry + " (expected: a number before '%')", notANumber);
            }
        }
        return new FaultPlan(entries);
    }

    /** Returns what happens to the next request, or null for nothing; takes one number from the generator. */
    @Nullable Fault draw(RandomGenerator random) {
        if (entries.isEmpty()) {
            return null;
        }
        double point = random.nextDouble();
        for (Entry entry : entries) {
            point -= entry.share();
            if (point < 0) {
                return entry.fault();
            }
        }
        return null;
    }
}
