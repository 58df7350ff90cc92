package dev.penstock.bench.soak;

import dev.penstock.bench.sim.SimEngine;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** What goes on around the requests: the pod file and the certificate change, engines die and come
 * back. A thread of its own. */
final class Chaos implements AutoCloseable {
    private final List<SimEngine> engines;
    private final PodFile pods;
    private final CertificateFiles certificates;
    private final Outages outages;
    private final Ends ends;
    private final RandomGenerator random;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;

    Chaos(long seed, List<SimEngine> engines, PodFile pods, CertificateFiles certificates, Outages outages,
            Ends ends) {
        this.engines = List.copyOf(engines);
        this.pods = pods;
        this.certificates = certificates;
        this.outages = outages;
        this.ends = ends;
        this.random = new SplittableRandom(seed);
        this.thread = Thread.ofPlatform().name("soak-chaos").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Ends it; every engine is back, pod file and certificate are good when it returns. */
    @Override
    public void close() {
        stop.countDown();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        pods.writeAll();
        certificates.use(0);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!pause(50 + random.nextInt(250))) {
                int dice = random.nextInt(10);
                if (dice < 5) {
                    pods.edit(random);
                } else if (dice < 7) {
                    certificates.edit(random);
                } else {
                    outage(engines.get(random.nextInt(engines.size())));
                }
            }
        } catch (InterruptedException | RuntimeException e) {
            ends.problem("chaos failed: " + e);
        }
    }

    private void outage(SimEngine engine) throws InterruptedException {
        Runnable over = outages.begins(engine.name());
        switch (random.nextInt(3)) {
            case 0 -> {
                engine.die().orTimeout(10, TimeUnit.SECONDS).join();
                pause(50 + random.nextInt(400));
                engine.comeBack().orTimeout(10, TimeUnit.SECONDS).join();
            }
            case 1 -> {
                engine.stopListening().orTimeout(10, TimeUnit.SECONDS).join();
                pause(50 + random.nextInt(400));
                engine.comeBack().orTimeout(10, TimeUnit.SECONDS).join();
            }
            default -> engine.closeConnections().orTimeout(10, TimeUnit.SECONDS).join();
        }
        over.run();
    }

    /** Answers whether it is time to end. */
    private boolean pause(int millis) throws InterruptedException {
        return stop.await(millis, TimeUnit.MILLISECONDS);
    }
}
