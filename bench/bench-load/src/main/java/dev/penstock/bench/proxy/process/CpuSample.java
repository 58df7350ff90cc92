package dev.penstock.bench.proxy.process;

import java.util.Map;

/**
 * What each thread of a process has used of CPUs since it started.
 *
 * @param threads by thread id, which is unique on the machine
 */
public record CpuSample(Map<Long, ThreadTime> threads) {
    /** Copies what is mutable. */
    public CpuSample {
        threads = Map.copyOf(threads);
    }

    /**
     * What was used between {@code earlier} and this sample. A thread that ended in between is not counted: a JVM ends
     * only spare compiler threads while it works.
     */
    public CpuUse since(CpuSample earlier) {
        long work = 0;
        long jit = 0;
        for (Map.Entry<Long, ThreadTime> entry : threads.entrySet()) {
            ThreadTime before = earlier.threads.get(entry.getKey());
            long nanos = entry.getValue().nanos() - (before == null ? 0 : before.nanos());
            if (entry.getValue().compiles()) {
                jit += nanos;
            } else {
                work += nanos;
            }
        }
        return new CpuUse(work, jit);
    }

    /**
     * One thread.
     *
     * @param name the kernel's name for it, at most 15 characters
     * @param nanos time spent on a CPU
     */
    public record ThreadTime(String name, long nanos) {
        /** Whether it is one of a JVM's compiler threads. */
        public boolean compiles() {
            return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler") || name.startsWith("JVMCI");
        }
    }
}
