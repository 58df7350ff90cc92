package dev.penstock.server.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What is still missing before requests may come. Any thread. */
public final class Readiness {

    private final List<String> missing = new CopyOnWriteArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);

    /** Not ready for these reasons. */
    public Readiness(Collection<String> reasons) {
        missing.addAll(reasons);
        look();
    }

    /** A reason has gone. */
    public void done(String reason) {
        missing.remove(reason);
        look();
    }

    private void look() {
        if (missing.isEmpty()) {
            first.countDown();
        }
    }

    /**
     * Waits until it is ready for the first time.
     *
     * @return whether it was, within the time
     */
    public boolean await(Duration time) throws InterruptedException {
        return first.await(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Not ready any more, or for another reason. */
    public void notBecause(String reason) {
        missing.add(reason);
    }

    /** The reasons that are left; none means ready. */
    public List<String> missing() {
        return new ArrayList<>(missing);
    }
}
