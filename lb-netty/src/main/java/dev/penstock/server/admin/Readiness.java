package dev.penstock.server.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is still missing before requests may come. Any thread. */
public final class Readiness {

    private final List<String> missing = new CopyOnWriteArrayList<>();
    private final List<Supplier<@Nullable String>> conditions = new CopyOnWriteArrayList<>();
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

    /**
     * Not ready as long as somebody else gives a reason; once there is none, there never is one again.
     *
     * @param reason the reason as it is now, or null; any thread asks, at each look
     */
    public void until(Supplier<@Nullable String> reason) {
        conditions.add(reason);
        look();
    }

    /** Looks whether it is ready now: nobody tells when a condition has come true. */
    public void look() {
        conditions.removeIf(condition -> condition.get() == null);
        if (missing.isEmpty() && conditions.isEmpty()) {
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
        look();
        List<String> reasons = new ArrayList<>(missing);
        conditions.stream().map(Supplier::get).filter(Objects::nonNull).forEach(reasons::add);
        return reasons;
    }
}
