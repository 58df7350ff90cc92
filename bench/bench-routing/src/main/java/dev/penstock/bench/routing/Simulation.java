package dev.penstock.bench.routing;

import dev.penstock.spi.RouterProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/** One run of a trace through balancers and a simulated fleet. Confined to one thread. */
final class Simulation {

    private static final long BEGIN = 1_000_000_000L;

    private final Scenario scenario;
    private final List<Balancer> balancers;
    private final List<SimPod> pods;
    private final Scrapes scrapes;
    private final List<Job> jobs = new ArrayList<>();
    // What balancers hear late, in order; of what comes at the same time, what happened first.
    private final PriorityQueue<Signal> signals =
            new PriorityQueue<>(Comparator.comparingLong(Signal::at).thenComparingLong(Signal::number));
    private final SimPod.Listener listener = new Heard();
    private long now;
    private long signaled;

    private enum What { FIRST_TOKEN, END, SENT_ELSEWHERE, ENDED_ELSEWHERE }

    private record Signal(Job job, long at, What what, long number) {}

    private Simulation(Fleet fleet, Strategy strategy, Cell cell, long seed) {
        scenario = cell.scenario();
        FleetModel model = fleet.model();
        int blockNumbers = cell.trace().blockNumbers();
        balancers = IntStream.range(0, scenario.replicas())
                .mapToObj(replica -> new Balancer(fleet.routers(), strategy, model, seed * 1_000 + replica)).toList();
        pods = IntStream.range(0, model.pods())
                .mapToObj(pod -> new SimPod(model, scenario.speed(pod, model.pods()), blockNumbers)).toList();
        scrapes = new Scrapes(balancers.stream().flatMap(balancer -> balancer.scrapes(pods).stream()).toList(),
                BEGIN - Scrapes.INTERVAL_NANOS, seed);
    }

    /**
     * What stands before the pods, and the pods.
     *
     * @param routers the routers that there are
     * @param model the pods
     */
    record Fleet(List<RouterProvider> routers, FleetModel model) {}

    /** Runs a strategy in a cell. */
    static Outcome run(Fleet fleet, Strategy strategy, Cell cell, long seed) {
        Simulation simulation = new Simulation(fleet, strategy, cell, seed);
        simulation.arrive(cell.trace(), cell.load() * cell.trace().saturation());
        long[] prefilled = simulation.pods.stream().mapToLong(SimPod::prefilledTokens).toArray();
        simulation.balancers.forEach(Balancer::close);
        return Outcome.of(simulation.jobs, prefilled);
    }

    private void arrive(Trace trace, double speed) {
        for (Trace.Request request : trace.requests()) {
            long at = BEGIN + (long) (request.arrivalNanos() / speed);
            runUntil(at);
            now = at;
            Job job = new Job(jobs.size(), request, at, jobs.size() % scenario.replicas());
            jobs.add(job);
            balancers.get(job.replica).route(job, now, this::send);
        }
        runUntil(Long.MAX_VALUE);
        for (Job job : jobs) {
            if (job.endNanos < 0 && !job.refused) {
                throw new IllegalStateException("request " + job.number + " of " + trace.name() + " has not ended");
            }
        }
    }

    /** Lets all happen up to a time. */
    private void runUntil(long until) {
        while (true) {
            long next = signals.isEmpty() ? Long.MAX_VALUE : signals.element().at();
            SimPod first = null;
            for (SimPod pod : pods) {
                if (pod.next() < next) {
                    next = pod.next();
                    first = pod;
                }
            }
            Balancer woken = null;
            for (Balancer balancer : balancers) {
                // Requests wait in it: a signal of the same time comes first.
                if (balancer.wakeAt() < next) {
                    next = balancer.wakeAt();
                    woken = balancer;
                }
            }
            long sure = Math.min(next, until);
            if (sure == Long.MAX_VALUE) {
                return;
            }
            // An engine that is asked when something happens tells of that, too.
            while (scrapes.next() < sure) {
                scrapes.run();
            }
            if (next > until) {
                return;
            }
            now = next;
            if (woken != null) {
                woken.wake(now);
                woken.serve(this::send);
            } else if (first == null) {
                tell(signals.remove());
            } else {
                first.run(now, listener);
            }
        }
    }

    private void send(Job job, int pod) {
        job.pod = pod;
        pods.get(pod).add(job, now);
        share(job, What.SENT_ELSEWHERE);
    }

    private void share(Job job, What what) {
        if (scenario.shareDelayNanos() > 0) {
            signal(job, scenario.shareDelayNanos(), what);
        }
    }

    private void signal(Job job, long delayNanos, What what) {
        signals.add(new Signal(job, now + delayNanos, what, signaled++));
    }

    private void tell(Signal signal) {
        Job job = signal.job();
        for (int replica = 0; replica < balancers.size(); replica++) {
            Balancer balancer = balancers.get(replica);
            boolean own = replica == job.replica;
            switch (signal.what()) {
                case FIRST_TOKEN -> {
                    if (own) {
                        balancer.firstToken(job, now);
                    }
                }
                case END -> {
                    if (own) {
                        balancer.ended(job, now);
                    }
                }
                case SENT_ELSEWHERE -> {
                    if (!own) {
                        balancer.sentElsewhere(job, job.pod, now);
                    }
                }
                case ENDED_ELSEWHERE -> {
                    if (!own) {
                        balancer.endedElsewhere(job.pod, now);
                    }
                }
            }
            balancer.serve(this::send);
        }
    }

    private final class Heard implements SimPod.Listener {

        @Override
        public void firstToken(Job job) {
            signal(job, scenario.signalDelayNanos(), What.FIRST_TOKEN);
        }

        @Override
        public void ended(Job job) {
            signal(job, scenario.signalDelayNanos(), What.END);
            share(job, What.ENDED_ELSEWHERE);
        }
    }
}
