package dev.penstock.bench.proxy.process;

import java.util.ArrayList;
import java.util.List;

/** The kernel's notation of a set of CPUs, for example {@code 0-2,7}. */
final class CpuList {
    private CpuList() {
    }

    /** The CPUs of {@code text}, in the order written; empty for empty text. */
    static List<Integer> parse(String text) {
        List<Integer> cpus = new ArrayList<>();
        for (String part : text.strip().split(",", -1)) {
            if (part.isBlank()) {
                continue;
            }
            int dash = part.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? part : part.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(part.substring(dash + 1));
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return List.copyOf(cpus);
    }
}
