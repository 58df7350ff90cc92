package dev.penstock.server.main;

import dev.penstock.server.Penstock;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;

/** A load balancer that runs until the process is told to stop. The main thread's. */
final class Serving {

    private Serving() {}

    /**
     * Starts, says where, and waits for the end.
     *
     * @return the exit status
     * @throws dev.penstock.core.config.InvalidSettingsException names everything that is wrong; nothing is running
     */
    static int untilStopped(ConfigOptions options) throws InterruptedException {
        Penstock penstock = options.builder().start();
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            SecondSignal.endsAtOnce(PenstockMain::halt);
            penstock.leave();
            penstock.close();
            stopped.countDown();
        }, "lb-shutdown"));
        PrintStream out = System.out;
        String scheme = penstock.tls() ? "https" : "http";
        out.println("penstock: traffic  " + scheme + "://localhost:" + penstock.port() + "/v1/models");
        out.println("penstock: admin    http://localhost:" + penstock.adminPort()
                + "  (/healthz /readyz /metrics /admin/config /admin/snapshot /admin/plugins)");
        out.flush();
        stopped.await();
        return 0;
    }
}
