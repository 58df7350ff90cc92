package dev.penstock.bench.fleet;

import dev.penstock.cache.snapshot.CacheCommand;

/** All pods are replaced, one after another, each by one of the same name. Confined to its caller. */
final class RestartRun {

    /** As quick as one can tell them apart: far quicker than any cluster replaces pods. */
    private static final long BETWEEN_EVENTS_NANOS = 1_000_000;
    private static final String SOURCE = "bench";

    /**
     * What became of it.
     *
     * @param events pods that came, and became ready
     * @param publications fleets that were published
     * @param seconds by the clock of the writer
     * @param vanished how often a model was gone from a fleet
     */
    record Outcome(int events, long publications, double seconds, int vanished) {

        double perSecond() {
            return publications / seconds;
        }
    }

    private RestartRun() {}

    /**
     * Runs it.
     *
     * @param writer of a fleet that is published
     */
    static Outcome run(FleetShape shape, HandDrivenWriter writer) {
        int life = 1_000_000;
        long begin = writer.nanos();
        long version = writer.fleet().version();
        int models = writer.fleet().modelCount();
        int events = 0;
        int vanished = 0;
        for (int pod = 0; pod < shape.pods(); pod++) {
            for (boolean ready : new boolean[] {false, true}) {
                writer.offer(new CacheCommand.PodUpserted(SOURCE, shape.pod(pod, life, ready)));
                events++;
                writer.cycleAfter(BETWEEN_EVENTS_NANOS);
                vanished += writer.fleet().modelCount() < models ? 1 : 0;
            }
        }
        writer.publish();
        return new Outcome(events, writer.fleet().version() - version, (writer.nanos() - begin) / 1e9, vanished);
    }
}
